namespace SoraCluster.Inference.Onnx;

/// <summary>Where graphs run.</summary>
public enum OnnxDevice
{
    /// <summary>The CUDA device if there is one that can be used, else the processor.</summary>
    Auto,

    /// <summary>The processor.</summary>
    Cpu,

    /// <summary>The CUDA device, and nothing else will do.</summary>
    Cuda,
}
