using SoraCluster.Diffusion.Latents;
using SoraCluster.Diffusion.Packs;

namespace SoraCluster.Diffusion.Samplers;

/// <summary>A <c>scheduler_config.json</c>. What changes the formula in ways that are not implemented is refused, not ignored.</summary>
public abstract record SchedulerConfig : ComponentConfig
{
    /// <summary>Values that the solver remembers from one step to the next for each element of the latents: all of its state.</summary>
    public abstract int MemoryPerElement { get; }

    /// <summary>The schedule of a run.</summary>
    /// <param name="steps">Solver steps, 1 or more.</param>
    /// <param name="pictureTokens">Picture tokens of a window: some schedules depend on the size.</param>
    public abstract IScheduler CreateScheduler(int steps, int pictureTokens);

    /// <summary>The tensors that hold the solver's memory of these latents: each with one dimension more, outermost. None when it remembers nothing.</summary>
    internal LatentShape[] MemoryOf(IEnumerable<LatentShape> latents) =>
        MemoryPerElement == 0 ? [] : [.. latents.Select(shape => new LatentShape(shape.Name, [MemoryPerElement, .. shape.Dims]))];

    /// <summary>A contradiction where an option is on that is not implemented.</summary>
    protected static Contradiction? Unsupported(string what, bool on) => Contradiction.Unless(!on, $"{what} false", "true");
}
