namespace SoraCluster.Diffusion.Samplers;

/// <summary>
/// The noise levels of one run, and the solver that goes from each to the next. It holds no state of its own: what a multistep solver remembers lies
/// in the memory that is handed to each step, which the sampler keeps and its checkpoint saves.
/// </summary>
public interface IScheduler
{
    /// <summary>Noise levels in [0, 1], descending; one more than there are steps, the last is 0.</summary>
    IReadOnlyList<float> Sigmas { get; }

    /// <summary>What the network is told at each step, in training timesteps.</summary>
    IReadOnlyList<float> Timesteps { get; }

    /// <summary>Whether each step puts fresh noise in the place of what is left of the old.</summary>
    bool IsStochastic { get; }

    /// <summary>The same steps at more noise: the odds <c>sigma / (1 - sigma)</c> of each level times <paramref name="shift"/>.</summary>
    IScheduler Shifted(float shift);

    /// <summary>One step in place.</summary>
    /// <param name="step">Which step of the schedule, counted from 0.</param>
    /// <param name="first">The step that this run began with: nothing before it is remembered.</param>
    /// <param name="sample">In: the latents at <c>Sigmas[step]</c>. Out: at <c>Sigmas[step + 1]</c>.</param>
    /// <param name="clean">What the network takes the clean latents to be.</param>
    /// <param name="velocity">The same prediction as <c>(sample - clean) / sigma</c>.</param>
    /// <param name="memory"><see cref="SchedulerConfig.MemoryPerElement"/> times as long as the sample; means nothing at the first step.</param>
    /// <param name="noise">Standard normals, drawn for this step alone; empty unless it <see cref="IsStochastic"/>.</param>
    void Advance(
        int step,
        int first,
        Span<float> sample,
        ReadOnlySpan<float> clean,
        ReadOnlySpan<float> velocity,
        Span<float> memory,
        ReadOnlySpan<float> noise);
}
