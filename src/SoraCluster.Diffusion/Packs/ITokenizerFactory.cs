namespace SoraCluster.Diffusion.Packs;

/// <summary>Opens tokenizers of kinds that need a library.</summary>
public interface ITokenizerFactory
{
    /// <summary>The tokenizer of a class, from its file; null where the class is none of this factory's.</summary>
    /// <param name="className">As pack.json names it.</param>
    /// <param name="file">The content of the component's file.</param>
    /// <param name="maxLength">The most ids that one prompt can have, the end mark included.</param>
    /// <exception cref="InvalidDataException">This is no such file; says what was expected.</exception>
    ITokenizer? Open(string className, byte[] file, int maxLength);
}
