using SoraCluster.Diffusion;
using SoraCluster.Inference.Managed;
using SoraCluster.Inference.Onnx;

namespace SoraCluster.Silo.Hosting;

/// <summary>What a GPU silo runs packs on.</summary>
/// <param name="Runtimes">Opens packs.</param>
/// <param name="Description">For the log: on what, by what and, where it was not the first choice, why.</param>
internal sealed record Backend(IPackRuntimeFactory Runtimes, string Description)
{
    /// <exception cref="SiloHostException">The device that was asked for is not there; says why and what to do.</exception>
    public static Backend Open(SiloHostOptions options)
    {
        const string Managed = "the processor, by the managed executor";
        var managed = new ManagedRuntimeFactory(options.Threads);
        if (options.Device == SiloDevice.Cpu)
        {
            return new(managed, Managed);
        }

        var onnx = OpenOnnx(options, managed);
        if (options.Device == SiloDevice.Auto && onnx.NoCuda is { } reason)
        {
            onnx.Dispose();
            return new(managed, $"{Managed}, as there is no CUDA device that can be used ({reason})");
        }

        return new(onnx, $"{(onnx.Device == OnnxDevice.Cuda ? $"CUDA device {options.DeviceId}" : "the processor")}, by ONNX Runtime");
    }

    private static OnnxRuntimeFactory OpenOnnx(SiloHostOptions options, ManagedRuntimeFactory managed)
    {
        var device = options.Device switch
        {
            SiloDevice.Auto => OnnxDevice.Auto,
            SiloDevice.Cuda => OnnxDevice.Cuda,
            _ => OnnxDevice.Cpu,
        };
        try
        {
            return new OnnxRuntimeFactory(
                new OnnxOptions { Device = device, DeviceId = options.DeviceId, Threads = options.Threads, DeviceMemory = options.DeviceMemory }, managed);
        }
        catch (PlatformNotSupportedException none)
        {
            throw new SiloHostException($"{none.Message.TrimEnd('.')}. Install CUDA and its libraries, or start with --device cpu.", none);
        }
    }
}
