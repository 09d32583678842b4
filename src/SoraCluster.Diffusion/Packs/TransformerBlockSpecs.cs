namespace SoraCluster.Diffusion.Packs;

/// <summary>The tensors of one transformer block: attention with normalised queries and keys, then a four times wider MLP.</summary>
internal static class TransformerBlockSpecs
{
    public static IEnumerable<TensorSpec> Of(string prefix, int width, int heads) =>
    [
        new($"{prefix}.attn.to_qkv.weight", 3 * width, width),
        new($"{prefix}.attn.to_qkv.bias", 3 * width),
        new($"{prefix}.attn.norm_q.weight", width / heads),
        new($"{prefix}.attn.norm_k.weight", width / heads),
        new($"{prefix}.attn.to_out.weight", width, width),
        new($"{prefix}.attn.to_out.bias", width),
        new($"{prefix}.ff.0.weight", 4 * width, width),
        new($"{prefix}.ff.0.bias", 4 * width),
        new($"{prefix}.ff.2.weight", width, 4 * width),
        new($"{prefix}.ff.2.bias", width),
    ];

    public static Contradiction? Check(int width, int heads) =>
        Contradiction.Unless(
            heads > 0 && width > 0 && width % heads == 0, "a hidden_size that num_heads divides", $"{width} and {heads}");
}
