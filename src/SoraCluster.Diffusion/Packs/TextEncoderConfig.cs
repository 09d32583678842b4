namespace SoraCluster.Diffusion.Packs;

/// <summary>Class <c>LexiconTextEncoder</c>: embeddings and a few transformer blocks over the concept ids.</summary>
/// <param name="VocabSize">Number of concepts, padding included.</param>
/// <param name="MaxLength">Token positions.</param>
/// <param name="HiddenSize">Width of the vectors.</param>
/// <param name="NumHeads">Attention heads.</param>
/// <param name="NumLayers">Blocks.</param>
public sealed record TextEncoderConfig(int VocabSize, int MaxLength, int HiddenSize, int NumHeads, int NumLayers) : TextConfig
{
    /// <inheritdoc/>
    public override int Width => HiddenSize;

    /// <inheritdoc/>
    public override int PooledWidth => HiddenSize;

    /// <inheritdoc/>
    public override IEnumerable<TensorSpec> Tensors(PackManifest manifest)
    {
        yield return new("embed_tokens.weight", VocabSize, HiddenSize);
        yield return new("embed_positions.weight", MaxLength, HiddenSize);
        for (var layer = 0; layer < NumLayers; layer++)
        {
            foreach (var spec in TransformerBlockSpecs.Of($"layers.{layer}", HiddenSize, NumHeads))
            {
                yield return spec;
            }
        }
    }

    /// <inheritdoc/>
    public override Contradiction? Check(PackManifest manifest) =>
        Contradiction.NotPositive("vocab_size", VocabSize) ?? Contradiction.NotPositive("max_length", MaxLength) ?? Contradiction.NotPositive("num_layers", NumLayers)
        ?? TransformerBlockSpecs.Check(HiddenSize, NumHeads);
}
