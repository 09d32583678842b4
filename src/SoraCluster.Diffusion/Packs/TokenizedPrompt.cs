namespace SoraCluster.Diffusion.Packs;

/// <summary>A prompt as the pack understands it.</summary>
/// <param name="Ids">Concept ids in the order of the text, without padding; at most the tokenizer's length.</param>
/// <param name="UnknownWords">
/// Words outside the lexicon, in the order of the text, each once; then those that the model has no room for, such as a third character's. They do not reach it.
/// </param>
/// <param name="Truncated">Whether something was left out that the lexicon knows: ids beyond the tokenizer's length, or a third character.</param>
public sealed record TokenizedPrompt(IReadOnlyList<int> Ids, IReadOnlyList<string> UnknownWords, bool Truncated);
