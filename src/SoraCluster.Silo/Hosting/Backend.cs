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
        var managed = new ManagedRuntimeFactory(options.Threads);
        var onnx = OpenOnnx(options, managed);
        if (onnx.Device == OnnxDevice.Cuda)
        {
            return new(onnx, $"CUDA device {options.DeviceId}, by ONNX Runtime");
        }

        if (options.Device == SiloDevice.OnnxCpu)
        {
            return new(onnx, "the processor, by ONNX Runtime");
        }

        var why = onnx.NoCuda is { } reason ? $", as there is no CUDA device that can be used ({reason})" : "";
        return new(new ProcessorRuntimeFactory(managed, onnx), $"the processor, by the managed executor and, for packs of other kinds, ONNX Runtime{why}");
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
