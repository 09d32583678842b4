using SoraCluster.Diffusion.Packs;
using SoraCluster.Diffusion.Safetensors;
using SoraCluster.Inference.Managed.Gemm;

namespace SoraCluster.Inference.Managed.Transformer;

/// <summary>The packed weights of the joint transformer.</summary>
internal sealed class JointWeights
{
    public JointWeights(JointTransformerConfig config, SafetensorsFile file)
    {
        PackedMatrix linear(string name) => PackedMatrix.Read(file, name);
        (Video, GivenVideo, Audio, GivenAudio) =
            (linear("x_embedder"), linear("x_cond_embedder"), linear("audio_embedder"), linear("audio_cond_embedder"));
        (VideoPositions, AudioPositions) = (Vectors.Read(file, "pos_embed"), Vectors.Read(file, "audio_pos_embed"));
        (Time0, Time2, Pooled) = (linear("time_embed.0"), linear("time_embed.2"), linear("pooled_proj"));
        (Shared, NormOut) = (linear("adaln.linear"), linear("norm_out.linear"));
        (VideoOut, AudioOut) = (linear("proj_out"), linear("audio_proj_out"));
        Blocks = [.. Enumerable.Range(0, config.NumLayers).Select(layer => new BlockWeights(file, $"transformer_blocks.{layer}"))];
        for (var layer = 0; layer + 1 < Blocks.Length; layer++)
        {
            Blocks[layer].Down.PrecedesInUse(Blocks[layer + 1].Qkv);
        }
    }

    public PackedMatrix Video { get; }

    public PackedMatrix GivenVideo { get; }

    public PackedMatrix Audio { get; }

    public PackedMatrix GivenAudio { get; }

    public AlignedBuffer VideoPositions { get; }

    public AlignedBuffer AudioPositions { get; }

    public PackedMatrix Time0 { get; }

    public PackedMatrix Time2 { get; }

    public PackedMatrix Pooled { get; }

    /// <summary>Shared modulation: [6w, w].</summary>
    public PackedMatrix Shared { get; }

    public BlockWeights[] Blocks { get; }

    /// <summary>Scale and shift of the last norm: [2w, w].</summary>
    public PackedMatrix NormOut { get; }

    public PackedMatrix VideoOut { get; }

    public PackedMatrix AudioOut { get; }
}
