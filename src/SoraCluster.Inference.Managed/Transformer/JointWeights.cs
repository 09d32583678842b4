using SoraCluster.Diffusion.Packs;
using SoraCluster.Diffusion.Safetensors;
using SoraCluster.Inference.Managed.Gemm;

namespace SoraCluster.Inference.Managed.Transformer;

/// <summary>The packed weights of the joint transformer.</summary>
internal sealed class JointWeights(JointTransformerConfig config, SafetensorsFile file)
{
    public PackedMatrix Video { get; } = PackedMatrix.Read(file, "x_embedder");

    public PackedMatrix GivenVideo { get; } = PackedMatrix.Read(file, "x_cond_embedder");

    public PackedMatrix Audio { get; } = PackedMatrix.Read(file, "audio_embedder");

    public PackedMatrix GivenAudio { get; } = PackedMatrix.Read(file, "audio_cond_embedder");

    public AlignedBuffer VideoPositions { get; } = Vectors.Read(file, "pos_embed");

    public AlignedBuffer AudioPositions { get; } = Vectors.Read(file, "audio_pos_embed");

    public PackedMatrix Time0 { get; } = PackedMatrix.Read(file, "time_embed.0");

    public PackedMatrix Time2 { get; } = PackedMatrix.Read(file, "time_embed.2");

    public PackedMatrix Pooled { get; } = PackedMatrix.Read(file, "pooled_proj");

    /// <summary>Shared modulation: [6w, w].</summary>
    public PackedMatrix Shared { get; } = PackedMatrix.Read(file, "adaln.linear");

    public BlockWeights[] Blocks { get; } =
        [.. Enumerable.Range(0, config.NumLayers).Select(layer => new BlockWeights(file, $"transformer_blocks.{layer}"))];

    /// <summary>Scale and shift of the last norm: [2w, w].</summary>
    public PackedMatrix NormOut { get; } = PackedMatrix.Read(file, "norm_out.linear");

    public PackedMatrix VideoOut { get; } = PackedMatrix.Read(file, "proj_out");

    public PackedMatrix AudioOut { get; } = PackedMatrix.Read(file, "audio_proj_out");
}
