using System.ComponentModel.DataAnnotations;

namespace SoraCluster.Inference.Onnx;

/// <summary>How ONNX Runtime is used.</summary>
public sealed record OnnxOptions
{
    /// <summary>Default: a CUDA device if there is one, else the processor.</summary>
    public OnnxDevice Device { get; init; } = OnnxDevice.Auto;

    /// <summary>Which CUDA device. Default 0; 0 to 63.</summary>
    [Range(0, 63)]
    public int DeviceId { get; init; }

    /// <summary>Processor threads of one graph. Default 0: ONNX Runtime decides; to 1024.</summary>
    [Range(0, 1024)]
    public int Threads { get; init; }

    /// <summary>Bytes of device memory that each graph's arena may take. Default: no limit but the device's; 64 MiB or more.</summary>
    [Range(64L << 20, long.MaxValue)]
    public long? DeviceMemory { get; init; }
}
