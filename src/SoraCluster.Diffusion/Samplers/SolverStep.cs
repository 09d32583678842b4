namespace SoraCluster.Diffusion.Samplers;

/// <summary>What a solver is handed for one step; all spans but <see cref="Memory"/> are as long as the sample, or empty.</summary>
public readonly ref struct SolverStep
{
    /// <summary>Which step of the schedule, counted from 0.</summary>
    public required int Index { get; init; }

    /// <summary>The step that this run began with: nothing before it is remembered.</summary>
    public required int First { get; init; }

    /// <summary>In: the latents at <c>Sigmas[Index]</c>. Out: at <c>Sigmas[Index + 1]</c>.</summary>
    public required Span<float> Sample { get; init; }

    /// <summary>What the network takes the clean latents to be.</summary>
    public required ReadOnlySpan<float> Clean { get; init; }

    /// <summary>The same prediction as <c>(sample - clean) / sigma</c>.</summary>
    public required ReadOnlySpan<float> Velocity { get; init; }

    /// <summary><see cref="SchedulerConfig.MemoryPerElement"/> times as long as the sample; means nothing at the first step.</summary>
    public Span<float> Memory { get; init; }

    /// <summary>Standard normals, drawn for this step alone; empty unless the solver <see cref="IScheduler.IsStochastic"/>.</summary>
    public ReadOnlySpan<float> Noise { get; init; }
}
