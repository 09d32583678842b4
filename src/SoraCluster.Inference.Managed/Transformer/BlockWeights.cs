using SoraCluster.Diffusion.Safetensors;
using SoraCluster.Inference.Managed.Gemm;

namespace SoraCluster.Inference.Managed.Transformer;

/// <summary>The packed weights of one transformer block.</summary>
internal sealed class BlockWeights
{
    public BlockWeights(SafetensorsFile file, string prefix)
    {
        Qkv = PackedMatrix.Read(file, $"{prefix}.attn.to_qkv");
        Out = PackedMatrix.Read(file, $"{prefix}.attn.to_out");
        Up = PackedMatrix.Read(file, $"{prefix}.ff.0");
        Down = PackedMatrix.Read(file, $"{prefix}.ff.2");
        Qkv.PrecedesInUse(Out);
        Out.PrecedesInUse(Up);
        Up.PrecedesInUse(Down);
        NormQ = Vectors.Read(file, $"{prefix}.attn.norm_q.weight");
        NormK = Vectors.Read(file, $"{prefix}.attn.norm_k.weight");
        Modulation = file.Contains($"{prefix}.scale_shift_table")
            ? Vectors.Read(file, $"{prefix}.scale_shift_table")
            : null;
    }

    /// <summary>Queries, keys, values: [3w, w].</summary>
    public PackedMatrix Qkv { get; }

    public PackedMatrix Out { get; }

    /// <summary>[4w, w].</summary>
    public PackedMatrix Up { get; }

    /// <summary>[w, 4w].</summary>
    public PackedMatrix Down { get; }

    /// <summary>Gain of the normalised queries: [head dim].</summary>
    public AlignedBuffer NormQ { get; }

    public AlignedBuffer NormK { get; }

    /// <summary>The block's own part of the modulation: [6, w]; null where there is none.</summary>
    public AlignedBuffer? Modulation { get; }
}
