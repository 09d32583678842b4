using SoraCluster.Diffusion;
using SoraCluster.Testing.Denoisers;

namespace SoraCluster.Inference.Onnx.Tests.Wan;

public sealed class WanConformanceTests : DenoiserConformance
{
    private readonly WanMicroPack micro = WanMicroPack.Optimum(maxBatch: 8);
    private readonly OnnxRuntimeFactory factory = Runtimes.Cpu();

    protected override IPackRuntime Open() => factory.Open(micro.Load());

    public override void Dispose()
    {
        base.Dispose();
        factory.Dispose();
        micro.Dispose();
    }
}
