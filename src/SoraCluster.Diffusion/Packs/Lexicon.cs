namespace SoraCluster.Diffusion.Packs;

/// <summary>What <c>lexicon.json</c> holds.</summary>
/// <param name="MaxLength">The most ids of one prompt.</param>
/// <param name="PadId">The padding's id, an index into <paramref name="Concepts"/>.</param>
/// <param name="Concepts">Names of the concepts by id.</param>
/// <param name="Forms">Normalised surface forms, each with the names of the concepts it stands for.</param>
/// <param name="Stop">Normalised forms that are dropped silently.</param>
/// <param name="Order">
/// All concepts but the padding, in the order in which a prompt's are told, each once: then neither word order nor language changes what is told. Null
/// tells them as they come in the text.
/// </param>
/// <param name="Characters">How two characters are told apart; null where concepts are not told by character. Needs an order.</param>
internal sealed record Lexicon(
    int MaxLength, int PadId, string[] Concepts, Dictionary<string, string[]> Forms, string[] Stop, string[]? Order = null, LexiconCharacters? Characters = null);
