using SoraCluster.Diffusion;
using SoraCluster.Diffusion.Packs;

namespace SoraCluster.Inference.Managed;

/// <summary>Runs the reference pack in C#, with SIMD and no native code.</summary>
/// <param name="threads">Threads per runtime, 1 or more. The result does not depend on it.</param>
public sealed class ManagedRuntimeFactory(int threads) : IPackRuntimeFactory
{
    public int Threads { get; } = threads >= 1
        ? threads
        : throw new ArgumentOutOfRangeException(nameof(threads), threads, "At least one thread is needed.");

    /// <inheritdoc/>
    public IPackRuntime Open(Pack pack) => throw new NotImplementedException("Lands with the executor.");
}
