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
    private static readonly string[] Names = [LatentNames.Video, LatentNames.Audio];

    private readonly Pack pack;
    private readonly ClipSettings settings;
    private readonly WindowPlan plan;
    private readonly FlowMatchEulerScheduler videoScheduler;
    private readonly FlowMatchEulerScheduler audioScheduler;
    private readonly PredictionType prediction;
    private readonly LatentSet window;
    private readonly LatentSet clip;
    private readonly float[] velocity;
    private readonly DenoiseRow[] rows;
    private LatentSet? trimmed;

    private ClipSampler(Pack pack, ClipCheckpoint state, WindowPlan plan, Func<IReadOnlyList<int>, TextConditioning> encode)
    {
        this.pack = pack;
        this.plan = plan;
        settings = state.Settings;
        prediction = Prediction.Parse(pack.Manifest.PredictionType);
        videoScheduler = FlowMatchEulerScheduler.Create(pack.Scheduler, settings.Steps, Mu(pack));
        audioScheduler = videoScheduler.Shifted((float)pack.Manifest.AudioShift);
        window = state.Window;
        clip = state.Clip;
        Preview = state.Preview;
        Step = state.Step;
        velocity = new float[Math.Max(plan.Video.Count, plan.Audio.Count)];

        Prompt = pack.Tokenizer.Tokenize(settings.Prompt);
        rows = settings.GuidanceScale == 1
            ? [Row(encode(Prompt.Ids))]
            : [Row(encode(Prompt.Ids)), Row(encode(pack.Tokenizer.Tokenize(settings.NegativePrompt ?? "").Ids))];
        MarkGiven();
    }

    /// <summary>Solver steps over all windows.</summary>
    public int TotalSteps => settings.Steps * plan.Windows;

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
    /// The finished clip: <c>video [T, H, W, C]</c> with T = the latent frames that cover the frames asked for, and <c>audio [M, B]</c> cut to exactly
    /// their duration.
    /// </summary>
    /// <exception cref="InvalidOperationException">Not done yet.</exception>
    public LatentSet Latents => Done ? trimmed ??= Trim() : throw new InvalidOperationException($"Step {Step} of {TotalSteps}: not done yet.");

    /// <summary>The clean latents predicted by the last step, one window's shape; zeros before the first.</summary>
    public LatentSet Preview { get; }

    private int CurrentWindow => Math.Min(Step / settings.Steps, plan.Windows - 1);

    /// <summary>Tokenizes, encodes and draws the noise.</summary>
    /// <param name="pack">The pack to run.</param>
    /// <param name="settings">What to make.</param>
    /// <param name="encode">The denoiser's <see cref="IDenoiser.EncodeText"/>.</param>
    /// <exception cref="ArgumentException">A setting is out of range.</exception>
    public static ClipSampler Start(Pack pack, ClipSettings settings, Func<IReadOnlyList<int>, TextConditioning> encode)
    {
        ClipSettingsRules.Check(settings, pack.Manifest);
        var plan = new WindowPlan(pack.Manifest, settings.Frames);
        LatentShape[] shapes = [plan.Video, plan.Audio];
        var state = new ClipCheckpoint(settings, 0, new LatentSet(shapes), new LatentSet(shapes), new LatentSet(plan.ClipShapes));
        var sampler = new ClipSampler(pack, state, plan, encode);
        sampler.BeginWindow();
        return sampler;
    }

    /// <summary>Continues from what <see cref="Save"/> wrote.</summary>
    /// <exception cref="CheckpointException">Another pack's checkpoint, or a damaged one.</exception>
    public static ClipSampler Restore(Pack pack, Stream checkpoint, Func<IReadOnlyList<int>, TextConditioning> encode)
    {
        var state = ClipCheckpoint.Read(checkpoint, pack);
        return new ClipSampler(pack, state, new WindowPlan(pack.Manifest, state.Settings.Frames), encode);
    }

    /// <summary>The batch key that a clip of these settings will have; known before the clip is started.</summary>
    public static string BatchKeyOf(Pack pack, ClipSettings settings)
    {
        static string dims(LatentShape shape) => string.Join('x', shape.Dims);
        var branches = settings.GuidanceScale == 1 ? 1 : 2;
        return $"{pack.Fingerprint}/{dims(pack.Manifest.VideoShape)}+{dims(pack.Manifest.AudioShape)}/f32/{branches}";
    }

    /// <summary>The solver steps, over all windows, that a clip of these settings will take.</summary>
    public static int TotalStepsOf(Pack pack, ClipSettings settings) =>
        settings.Steps * new WindowPlan(pack.Manifest, settings.Frames).Windows;

    /// <summary>The rows of the next step, conditional first. The same objects every time; their values change with <see cref="Apply"/>.</summary>
    /// <exception cref="InvalidOperationException">Already done.</exception>
    public IReadOnlyList<DenoiseRow> NextRows()
    {
        ThrowIfDone();
        foreach (var row in rows)
        {
            row.Sigma = videoScheduler.Sigmas[Step % settings.Steps];
        }

        return rows;
    }

    /// <summary>Consumes the rows' predictions: guidance, then one solver step, then the next window if this one is finished.</summary>
    /// <exception cref="InvalidOperationException">Already done.</exception>
    public void Apply()
    {
        ThrowIfDone();
        var step = Step % settings.Steps;
        Advance(LatentNames.Video, videoScheduler, step);
        Advance(LatentNames.Audio, audioScheduler, step);
        Step++;
        if (Step % settings.Steps != 0)
        {
            return;
        }

        KeepWindow((Step / settings.Steps) - 1);
        if (!Done)
        {
            BeginWindow();
            MarkGiven();
        }
    }

    /// <summary>Writes the state as a safetensors file.</summary>
    public void Save(Stream destination) => new ClipCheckpoint(settings, Step, window, Preview, clip).Write(destination, pack);

    private static double? Mu(Pack pack) => pack.Scheduler.UseDynamicShifting
        ? pack.Scheduler.Mu(pack.Config<JointTransformerConfig>(PackRoles.Transformer).VideoTokens(pack.Manifest))
        : null;

    private DenoiseRow Row(TextConditioning text) => new()
    {
        Latents = window,
        Prediction = new LatentSet(window.Shapes),
        Sigma = 1,
        Text = text,
        GivenVideo = new bool[plan.Video.Dims[0]],
        GivenAudio = new bool[pack.Manifest.AudioTokens],
    };

    private void Advance(string name, FlowMatchEulerScheduler scheduler, int step)
    {
        var output = rows[0].Prediction[name].AsSpan();
        if (rows.Length == 2)
        {
            ClassifierFreeGuidance.Combine(output, rows[1].Prediction[name], settings.GuidanceScale, output);
        }

        var given = plan.Given(name, CurrentWindow);
        var x = window[name].AsSpan(given); // the given part in front stays clean
        var v = velocity.AsSpan(0, x.Length);
        Prediction.Split(prediction, output[given..], x, scheduler.Sigmas[step], Preview[name].AsSpan(given), v);
        window[name].AsSpan(0, given).CopyTo(Preview[name]);
        scheduler.Advance(step, x, v);
    }

    /// <summary>Fills the window with noise and, after the first, with what the window before ends on.</summary>
    private void BeginWindow()
    {
        for (var i = 0; i < Names.Length; i++)
        {
            var target = window[Names[i]].AsSpan();
            PhiloxNoise.Fill(target, settings.Seed, (uint)((CurrentWindow * Names.Length) + i), 0);
            var given = plan.Given(Names[i], CurrentWindow);
            clip[Names[i]].AsSpan(plan.Start(Names[i], CurrentWindow), given).CopyTo(target);
        }
    }

    private void MarkGiven()
    {
        var later = CurrentWindow > 0;
        foreach (var row in rows)
        {
            row.GivenVideo.AsSpan(0, plan.GivenLatentFrames).Fill(later);
            row.GivenAudio.AsSpan(0, pack.Manifest.Window.OverlapAudioTokens).Fill(later);
        }
    }

    private void KeepWindow(int finished)
    {
        foreach (var name in Names)
        {
            window[name].AsSpan().CopyTo(clip[name].AsSpan(plan.Start(name, finished)));
        }
    }

    private LatentSet Trim()
    {
        var result = new LatentSet(plan.TrimmedShapes);
        foreach (var name in Names)
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
