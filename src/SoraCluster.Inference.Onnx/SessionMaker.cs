using System.Globalization;
using Microsoft.ML.OnnxRuntime;
using SoraCluster.Diffusion.Packs;

namespace SoraCluster.Inference.Onnx;

/// <summary>Opens graphs on the device that was chosen.</summary>
internal sealed class SessionMaker : IDisposable
{
    private readonly SessionOptions options;

    public SessionMaker(OnnxOptions wanted)
    {
        Device = OnnxDevice.Cpu;
        options = new SessionOptions { IntraOpNumThreads = wanted.Threads, LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
        if (wanted.Device == OnnxDevice.Cpu)
        {
            return;
        }

        try
        {
            using var cuda = new OrtCUDAProviderOptions();
            cuda.UpdateOptions(Settings(wanted));
            options.AppendExecutionProvider_CUDA(cuda);
            Device = OnnxDevice.Cuda;
        }
        catch (Exception none) when (none is OnnxRuntimeException or EntryPointNotFoundException)
        {
            NoCuda = none.Message;
            if (wanted.Device == OnnxDevice.Cuda)
            {
                options.Dispose();
                throw new PlatformNotSupportedException($"There is no CUDA device that ONNX Runtime can use: {none.Message}", none);
            }
        }
    }

    public OnnxDevice Device { get; }

    public string? NoCuda { get; }

    /// <exception cref="PackException">The graph is damaged, or is one that this runtime cannot run.</exception>
    public InferenceSession Open(Pack pack, string role)
    {
        var path = pack.GraphOf(role);
        try
        {
            return new InferenceSession(path, options);
        }
        catch (OnnxRuntimeException refused)
        {
            throw new PackException(
                pack.Manifest.Components[role].Graph!, null, "a graph that ONNX Runtime can load", refused.Message.TrimEnd('.'), refused);
        }
    }

    public void Dispose() => options.Dispose();

    /// <summary>TF32 rounds products to ten bits: off, so that a device agrees with the processor to float32's precision.</summary>
    private static Dictionary<string, string> Settings(OnnxOptions wanted)
    {
        var settings = new Dictionary<string, string>
        {
            ["device_id"] = wanted.DeviceId.ToString(CultureInfo.InvariantCulture),
            ["arena_extend_strategy"] = "kSameAsRequested",
            ["cudnn_conv_algo_search"] = "HEURISTIC",
            ["use_tf32"] = "0",
        };
        if (wanted.DeviceMemory is { } limit)
        {
            settings["gpu_mem_limit"] = limit.ToString(CultureInfo.InvariantCulture);
        }

        return settings;
    }
}
