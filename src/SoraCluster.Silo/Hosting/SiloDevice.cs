namespace SoraCluster.Silo.Hosting;

/// <summary>What a GPU silo runs packs on. The same for all silos that share a pack: a clip's bits depend on it.</summary>
public enum SiloDevice
{
    /// <summary>A CUDA device through ONNX Runtime if there is one that can be used, else as <see cref="Cpu"/>.</summary>
    Auto,

    /// <summary>A CUDA device through ONNX Runtime; without one the silo does not start.</summary>
    Cuda,

    /// <summary>The processor: the managed executor for packs of the reference pack's kind, ONNX Runtime for others.</summary>
    Cpu,

    /// <summary>The processor, through ONNX Runtime for all packs.</summary>
    OnnxCpu,
}
