using SoraCluster.Inference.Managed;

namespace SoraCluster.Inference.Onnx.Tests;

internal static class Runtimes
{
    public static OnnxRuntimeFactory Cpu(int threads = 2) =>
        new(new OnnxOptions { Device = OnnxDevice.Cpu, Threads = threads }, new ManagedRuntimeFactory(threads));
}
