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
        Memory = OrtMemoryInfo.DefaultInstance;
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
            Memory = new OrtMemoryInfo(OrtMemoryInfo.allocatorCUDA, OrtAllocatorType.DeviceAllocator, wanted.DeviceId, OrtMemType.Default);
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

    /// <summary>Where caches are to lie that go from one pass to the next: the device's memory.</summary>
    public OrtMemoryInfo Memory { get; }

    /// <param name="file">The graph's name in the pack.</param>
    /// <param name="path">Its full path.</param>
    /// <exception cref="PackException">The graph is damaged, or is one that this runtime cannot run.</exception>
    /// <exception cref="OutOfMemoryException">It does not fit in the device's memory.</exception>
    public InferenceSession Open(string file, string path)
    {
        try
        {
            return new InferenceSession(path, options);
        }
        catch (OnnxRuntimeException full) when (OutOfMemory.Is(full))
        {
            throw new OutOfMemoryException($"{file} does not fit in the device's memory: {full.Message}", full);
        }
        catch (OnnxRuntimeException refused)
        {
            throw new PackException(file, null, "a graph that ONNX Runtime can load", refused.Message.TrimEnd('.'), refused);
        }
    }

    public void Dispose()
    {
        options.Dispose();
        if (Device == OnnxDevice.Cuda)
        {
            Memory.Dispose(); // the processor's belongs to ONNX Runtime
        }
    }

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
