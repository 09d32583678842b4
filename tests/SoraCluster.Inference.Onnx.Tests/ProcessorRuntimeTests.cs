using SoraCluster.Diffusion.Packs;
using SoraCluster.Inference.Managed;
using SoraCluster.Inference.Onnx.Tests.Wan;
using SoraCluster.Testing.Packs;

namespace SoraCluster.Inference.Onnx.Tests;

/// <summary>What runs a pack where there is no device.</summary>
public sealed class ProcessorRuntimeTests
{
    [Fact]
    public void Open_PacksOfBothKinds_EachRunsOnWhatCan()
    {
        using var onnx = Runtimes.Cpu(threads: 1);
        var managed = new ManagedRuntimeFactory(1);
        var factory = new ProcessorRuntimeFactory(managed, onnx);
        using var joint = MicroPack.Create();
        using var wan = WanMicroPack.Flat();
        Assert.ThrowsAny<PackException>(() => managed.Open(wan.Load())); // or there would be nothing to choose

        using var first = factory.Open(Pack.Load(joint.Folder));
        using var second = factory.Open(wan.Load());

        Assert.Equal("SoraCluster.Inference.Managed", first.GetType().Assembly.GetName().Name);
        Assert.Equal("SoraCluster.Inference.Onnx", second.GetType().Assembly.GetName().Name);
    }
}
