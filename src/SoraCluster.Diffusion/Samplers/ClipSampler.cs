using SoraCluster.Diffusion.Guidance;
using SoraCluster.Diffusion.Latents;
using SoraCluster.Diffusion.Packs;

namespace SoraCluster.Diffusion.Samplers;

/// <summary>
/// The whole solver state of one clip: its windows, the step reached, the latents. Nothing else decides the result, so a saved and restored sampler
/// gives the same bits as one that was never stopped. Not thread-safe.
/// </summary>
public sealed class ClipSampler
{
    private readonly Pack pack;
    private readonly ClipSettings settings;
    private readonly WindowPlan plan;
    private readonly ClipSolver solver;
    private readonly LatentSet window;
    private readonly LatentSet clip;
    private readonly DenoiseRow[] rows;
    private readonly TextConditioning[] texts;
    private LatentSet? trimmed;

    private ClipSampler(Pack pack, ClipCheckpoint state, WindowPlan plan, Func<IReadOnlyList<int>, TextConditioning> encode)
    {
        this.pack = pack;
        this.plan = plan;
        settings = state.Settings;
        solver = new ClipSolver(pack, settings, state.Solver);
        window = state.Window;
        clip = state.Clip;
        Preview = state.Preview;
        Step = state.Step;

        var timeline = PromptTimeline.Parse(settings.Prompt);
        Prompt = pack.Tokenizer.Tokenize(timeline.Text);
        texts = [.. Enumerable.Range(0, plan.Windows).Select(window => plan.NewSeconds(window)).Select(
            span => encode(pack.Tokenizer.Tokenize(timeline.Between(span.From, span.To)).Ids))];
        rows = settings.GuidanceScale == 1
            ? [Row(texts[0])]
            : [Row(texts[0]), Row(encode(pack.Tokenizer.Tokenize(settings.NegativePrompt ?? "").Ids))];
        MarkGiven();
    }

    /// <summary>Solver steps over all windows.</summary>
    public int TotalSteps => settings.StepsPerWindow * plan.Windows;

    /// <summary>Steps done, 0 to <see cref="TotalSteps"/>.</summary>
    public int Step { get; private set; }

    public bool Done => Step == TotalSteps;

    /// <summary>What is being made.</summary>
    public ClipSettings Settings => settings;

    /// <summary>Clips with the same key can share a forward pass: pack, shapes, number format and guidance branches; not the step.</summary>
    public string BatchKey => BatchKeyOf(pack, settings);

    /// <summary>2 with guidance, else 1.</summary>
    public int RowsPerStep => rows.Length;

    /// <summary>The prompt as the pack understands it, for telling the user about unknown words.</summary>
    public TokenizedPrompt Prompt { get; }

    /// <summary>
    /// The finished clip: <c>video [T, H, W, C]</c> with T = the latent frames that cover the frames asked for, and, unless the pack is silent,
    /// <c>audio [M, B]</c> cut to exactly their duration.
    /// </summary>
    /// <exception cref="InvalidOperationException">Not done yet.</exception>
    public LatentSet Latents => Done ? trimmed ??= Trim() : throw new InvalidOperationException($"Step {Step} of {TotalSteps}: not done yet.");

    /// <summary>The clean latents predicted by the last step, one window's shape; zeros before the first.</summary>
    public LatentSet Preview { get; }

    /// <summary>
    /// Memory that it holds, in bytes: the window, its preview, a velocity, a step's noise, a prediction per row, the solver's memory, and all windows joined;
    /// float32 each.
    /// </summary>
    public long Bytes => sizeof(float)
        * ((window.Shapes.Sum(shape => (long)shape.Count) * (4 + rows.Length + pack.Scheduler.MemoryPerElement))
            + clip.Shapes.Sum(shape => (long)shape.Count));

    private int CurrentWindow => Math.Min(Step / settings.StepsPerWindow, plan.Windows - 1);

    /// <summary>Where the current step is in the schedule.</summary>
    private int ScheduleStep => solver.FirstStep + (Step % settings.StepsPerWindow);

    /// <summary>Tokenizes, encodes and draws the noise.</summary>
    /// <param name="pack">The pack to run.</param>
    /// <param name="settings">What to make.</param>
    /// <param name="encode">The denoiser's <see cref="IDenoiser.EncodeText"/>.</param>
    /// <param name="sources">
    /// The finished latents (<see cref="Latents"/>) of the clips that <see cref="ClipSettings.Source"/> tells of, or a picture's
    /// (<see cref="IClipEncoder"/>) as <c>video [1, H, W, C]</c>.
    /// </param>
    /// <exception cref="ArgumentException">A setting is out of range, or the sources are not such clips.</exception>
    public static ClipSampler Start(
        Pack pack, ClipSettings settings, Func<IReadOnlyList<int>, TextConditioning> encode, IReadOnlyList<LatentSet>? sources = null)
    {
        ClipSettingsRules.Check(settings, pack.Manifest);
        var plan = WindowPlan.Of(pack.Manifest, settings);
        var shapes = pack.Manifest.WindowShapes;
        var state = new ClipCheckpoint(
            settings, 0, new LatentSet(shapes), new LatentSet(shapes), new LatentSet(plan.ClipShapes), new LatentSet(pack.Scheduler.MemoryOf(shapes)));
        if (settings.Source is { } source)
        {
            SourceLayout.Fill(plan, source, sources ?? [], state.Clip);
        }

        var sampler = new ClipSampler(pack, state, plan, encode);
        sampler.BeginWindow();
        return sampler;
    }

    /// <summary>Continues from what <see cref="Save"/> wrote.</summary>
    /// <exception cref="CheckpointException">Another pack's checkpoint, or a damaged one.</exception>
    public static ClipSampler Restore(Pack pack, Stream checkpoint, Func<IReadOnlyList<int>, TextConditioning> encode)
    {
        var state = ClipCheckpoint.Read(checkpoint, pack);
        return new ClipSampler(pack, state, WindowPlan.Of(pack.Manifest, state.Settings), encode);
    }

    /// <summary>The batch key that a clip of these settings will have; known before the clip is started.</summary>
    public static string BatchKeyOf(Pack pack, ClipSettings settings)
    {
        var shapes = pack.Manifest.WindowShapes.Select(shape => string.Join('x', shape.Dims));
        var branches = settings.GuidanceScale == 1 ? 1 : 2;
        return $"{pack.Fingerprint}/{string.Join('+', shapes)}/f32/{branches}";
    }

    /// <summary>The solver steps, over all windows, that a clip of these settings will take.</summary>
    public static int TotalStepsOf(Pack pack, ClipSettings settings) =>
        settings.StepsPerWindow * WindowPlan.Of(pack.Manifest, settings).Windows;

    /// <summary>The latents that its source has, one picture's or a whole clip's; none for a clip that is made from words alone.</summary>
    public static LatentShape[] SourceShapesOf(Pack pack, ClipSettings settings) => WindowPlan.Of(pack.Manifest, settings).SourceShapes;

    /// <summary>The rows of the next step, conditional first. The same objects every time; their values change with <see cref="Apply"/>.</summary>
    /// <exception cref="InvalidOperationException">Already done.</exception>
    public IReadOnlyList<DenoiseRow> NextRows()
    {
        ThrowIfDone();
        foreach (var row in rows)
        {
            row.Sigma = solver.Sigma(LatentNames.Video, ScheduleStep);
            row.Timestep = solver.Timestep(ScheduleStep);
        }

        return rows;
    }

    /// <summary>Consumes the rows' predictions: guidance, then one solver step, then the next window if this one is finished.</summary>
    /// <exception cref="InvalidOperationException">Already done.</exception>
    public void Apply()
    {
        ThrowIfDone();
        for (var i = 0; i < window.Shapes.Count; i++)
        {
            Advance(i);
        }

        Step++;
        if (Step % settings.StepsPerWindow != 0)
        {
            return;
        }

        KeepWindow((Step / settings.StepsPerWindow) - 1);
        if (!Done)
        {
            BeginWindow();
            MarkGiven();
        }
    }

    /// <summary>Writes the state as a safetensors file.</summary>
    public void Save(Stream destination) => new ClipCheckpoint(settings, Step, window, Preview, clip, solver.Memory).Write(destination, pack);

    private DenoiseRow Row(TextConditioning text) => new()
    {
        Latents = window,
        Prediction = new LatentSet(window.Shapes),
        Sigma = 1,
        Timestep = 0, // both are set before each pass
        Text = text,
        GivenVideo = new bool[plan.Video.Dims[0]],
        GivenAudio = new bool[pack.Manifest.AudioTokens],
    };

    private void Advance(int index)
    {
        var name = window.Shapes[index].Name;
        var output = rows[0].Prediction[name].AsSpan();
        if (rows.Length == 2)
        {
            ClassifierFreeGuidance.Combine(output, rows[1].Prediction[name], settings.GuidanceScale, output);
        }

        var free = Free(name); // what is given stays clean
        window[name].CopyTo(Preview[name], 0);
        solver.Advance(
            name, ScheduleStep, output[free], window[name].AsSpan(free), Preview[name].AsSpan(free), Noise(index, free.Start.Value));
    }

    /// <summary>The elements of the current window that are not given.</summary>
    private Range Free(string name) => plan.Given(name, CurrentWindow)..^plan.GivenAtEnd(name);

    /// <summary>
    /// Fills the window with noise, mixed with the source where the clip starts from one, and with what is given: what the window before ends on, or a
    /// source. Both lie in the clip.
    /// </summary>
    private void BeginWindow()
    {
        for (var i = 0; i < window.Shapes.Count; i++)
        {
            var name = window.Shapes[i].Name;
            var target = window[name].AsSpan();
            var known = clip[name].AsSpan(plan.Start(name, CurrentWindow), target.Length);
            Noise(i, 0).Fill(target, draw: 0);
            if (settings.Source is { StartsFromSource: true })
            {
                FlowSigmas.Mix(known, target, solver.Sigma(name, ScheduleStep), target);
            }

            var (start, length) = Free(name).GetOffsetAndLength(target.Length);
            known[..start].CopyTo(target);
            known[(start + length)..].CopyTo(target[(start + length)..]);
        }
    }

    /// <summary>The current window's noise for its latents of that index, from an element on.</summary>
    private NoiseStream Noise(int index, int offset) =>
        new(settings.Seed, (uint)(((plan.FirstNoise + CurrentWindow) * window.Shapes.Count) + index), offset);

    /// <summary>Tells the rows what is given in the current window, and what it reads.</summary>
    private void MarkGiven()
    {
        rows[0].Text = texts[CurrentWindow];
        foreach (var row in rows)
        {
            Mark(row.GivenVideo, LatentNames.Video);
            Mark(row.GivenAudio, LatentNames.Audio);
        }
    }

    private void Mark(Span<bool> given, string name)
    {
        var latentFrames = plan.Video.Dims[0];
        given.Clear();
        given[..(given.Length * plan.GivenLatentFrames(name, CurrentWindow) / latentFrames)].Fill(true);
        given[^(given.Length * plan.GivenLatentFramesAtEnd / latentFrames)..].Fill(true);
    }

    private void KeepWindow(int finished)
    {
        foreach (var (name, _) in window.Shapes)
        {
            window[name].AsSpan(0, plan.Kept(name, finished)).CopyTo(clip[name].AsSpan(plan.Start(name, finished)));
        }
    }

    private LatentSet Trim()
    {
        var result = new LatentSet(plan.TrimmedShapes);
        foreach (var (name, _) in result.Shapes)
        {
            clip[name].AsSpan(0, result[name].Length).CopyTo(result[name]);
        }

        return result;
    }

    private void ThrowIfDone()
    {
        if (Done)
        {
            throw new InvalidOperationException("The clip is done.");
        }
    }
}
