namespace SoraCluster.Diffusion.Packs;

/// <summary>Class <c>UMT5EncoderModel</c> or <c>T5EncoderModel</c> of transformers, which runs as a graph: what its <c>config.json</c> must say.</summary>
/// <param name="DModel">Width of the vectors.</param>
/// <param name="VocabSize">Token ids.</param>
public sealed record T5EncoderConfig(int DModel, int VocabSize) : TextConfig
{
    /// <inheritdoc/>
    public override int Width => DModel;

    /// <summary>T5 has no vector for the whole prompt.</summary>
    public override int PooledWidth => 0;

    /// <inheritdoc/>
    public override Contradiction? Check(PackManifest manifest) =>
        Contradiction.NotPositive("d_model", DModel) ?? Contradiction.NotPositive("vocab_size", VocabSize)
        ?? Contradiction.OutOfRange("text_length in pack.json", manifest.TextLength, 4096);
}
