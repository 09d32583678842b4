using SoraCluster.Diffusion.Guidance;
using SoraCluster.Diffusion.Latents;
using SoraCluster.Diffusion.Packs;

namespace SoraCluster.Diffusion.Samplers;

/// <summary>The pack's solver over one clip's latents: picture and sound take the same steps, each at its own noise levels.</summary>
internal sealed class ClipSolver
{
    private readonly IScheduler video;
    private readonly IScheduler audio;
    private readonly PredictionType prediction;
    private readonly int memoryPerElement;
    private readonly float[] velocity;
    private readonly float[] fresh;

    public ClipSolver(Pack pack, ClipSettings settings, LatentSet memory)
    {
        var manifest = pack.Manifest;
        video = pack.Scheduler.CreateScheduler(settings.Steps, pack.Config<TransformerConfig>(PackRoles.Transformer).VideoTokens(manifest));
        audio = video.Shifted((float)manifest.AudioShift);
        prediction = Prediction.Parse(manifest.PredictionType);
        memoryPerElement = pack.Scheduler.MemoryPerElement;
        velocity = new float[manifest.WindowShapes.Max(shape => shape.Count)];
        fresh = video.IsStochastic ? new float[velocity.Length] : [];
        Memory = memory;
        FirstStep = settings.Steps - settings.StepsPerWindow;
    }

    /// <summary>Everything that is remembered from one step to the next (<see cref="SchedulerConfig.MemoryOf"/>).</summary>
    public LatentSet Memory { get; }

    /// <summary>Where a window joins the schedule: late in a clip that starts from a source.</summary>
    public int FirstStep { get; }

    /// <summary>What the network is told at a step.</summary>
    public float Timestep(int step) => video.Timesteps[step];

    /// <summary>The noise level that a step starts from.</summary>
    public float Sigma(string name, int step) => Of(name).Sigmas[step];

    /// <summary>One step.</summary>
    /// <param name="name">Of the latents.</param>
    /// <param name="step">Which step of the schedule.</param>
    /// <param name="output">The network's.</param>
    /// <param name="x">Those elements of the window that are not given; advanced in place.</param>
    /// <param name="clean">Receives what the network takes them to be.</param>
    /// <param name="noise">Where fresh noise for them comes from.</param>
    public void Advance(string name, int step, ReadOnlySpan<float> output, Span<float> x, Span<float> clean, NoiseStream noise)
    {
        var v = velocity.AsSpan(0, x.Length);
        Prediction.Split(prediction, output, x, Sigma(name, step), clean, v);
        var memory = memoryPerElement == 0 ? [] : Memory[name].AsSpan(0, x.Length * memoryPerElement);
        var draw = fresh.AsSpan(0, Math.Min(fresh.Length, x.Length));
        noise.Fill(draw, 1 + step);
        Of(name).Advance(new() { Index = step, First = FirstStep, Sample = x, Clean = clean, Velocity = v, Memory = memory, Noise = draw });
    }

    private IScheduler Of(string name) => name == LatentNames.Video ? video : audio;
}
