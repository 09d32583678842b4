namespace SoraCluster.Diffusion.Safetensors;

/// <summary>Element types that are read as numbers. Tensors of other types may be in a file, but cannot be read.</summary>
public enum TensorDtype
{
    /// <summary>Any type that is not one of the others.</summary>
    Other,

    /// <summary>IEEE binary32, <c>F32</c>.</summary>
    Float32,

    /// <summary>IEEE binary16, <c>F16</c>.</summary>
    Float16,

    /// <summary>The upper half of a binary32, <c>BF16</c>.</summary>
    BFloat16,
}
