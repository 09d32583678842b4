namespace SoraCluster.Inference.Managed;

/// <summary>Which instructions the executor uses. The result is the same to the bit; only the speed differs.</summary>
public enum VectorWidth
{
    /// <summary>The widest that the processor has.</summary>
    Auto,

    /// <summary>512-bit registers with fused multiply-add.</summary>
    Avx512,

    /// <summary>256-bit registers with fused multiply-add.</summary>
    Avx2,

    /// <summary>128-bit vectors of the platform, whatever they are; correct everywhere.</summary>
    Portable,
}
