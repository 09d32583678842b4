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
    void Advance(in SolverStep step);
}
