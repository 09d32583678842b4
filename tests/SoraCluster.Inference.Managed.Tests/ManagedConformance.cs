using SoraCluster.Diffusion;
using SoraCluster.Testing.Denoisers;
using SoraCluster.Testing.Packs;

namespace SoraCluster.Inference.Managed.Tests;

/// <summary>The conformance kit, run with each width; those that the processor lacks fall back to the portable one.</summary>
public abstract class ManagedConformance(VectorWidth width, int threads) : DenoiserConformance
{
    private readonly MicroPack micro = MicroPack.Create();

    protected override IPackRuntime Open() =>
        new ManagedRuntimeFactory(new ManagedOptions { Threads = threads, Width = Widths.OrPortable(width) }).Open(micro.Load());

    public override void Dispose()
    {
        base.Dispose();
        micro.Dispose();
    }

    public sealed class OnAvx512() : ManagedConformance(VectorWidth.Avx512, 1);

    public sealed class OnAvx2WithTwoThreads() : ManagedConformance(VectorWidth.Avx2, 2);

    public sealed class PortableWithThreeThreads() : ManagedConformance(VectorWidth.Portable, 3);
}
