namespace SoraCluster.Diffusion.Packs;

/// <summary>Text to token ids.</summary>
public interface ITokenizer
{
    /// <summary>The most ids that one prompt can have.</summary>
    int MaxLength { get; }

    TokenizedPrompt Tokenize(string text);
}
