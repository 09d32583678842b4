namespace SoraCluster.Diffusion.Packs;

/// <summary>A prompt as the pack understands it.</summary>
/// <param name="Ids">Concept ids in the order of the text, without padding; at most the tokenizer's length.</param>
/// <param name="UnknownWords">Words outside the lexicon, in the order of the text, each once. They do not reach the model.</param>
/// <param name="Truncated">Whether ids beyond the tokenizer's length were cut off.</param>
public sealed record TokenizedPrompt(IReadOnlyList<int> Ids, IReadOnlyList<string> UnknownWords, bool Truncated);
