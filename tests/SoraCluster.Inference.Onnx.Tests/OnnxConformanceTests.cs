using SoraCluster.Diffusion;
using SoraCluster.Diffusion.Packs;
using SoraCluster.Testing;
using SoraCluster.Testing.Denoisers;

namespace SoraCluster.Inference.Onnx.Tests;

public sealed class OnnxConformanceTests : DenoiserConformance
{
    private readonly OnnxRuntimeFactory factory = Runtimes.Cpu();

    protected override IPackRuntime Open() => factory.Open(Pack.Load(Repository.PathOf("models", "tiny")));

    public override void Dispose()
    {
        base.Dispose();
        factory.Dispose();
    }
}
