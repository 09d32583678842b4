namespace SoraCluster.Diffusion.Packs;

/// <summary>How a lexicon tells two characters apart. All names are concepts.</summary>
/// <param name="Nouns">What a character is.</param>
/// <param name="Attributes">What can be said of one, by kind, such as sizes and colours.</param>
/// <param name="Two">Says that there are two of what is named next; told whenever there are two.</param>
/// <param name="And">Joins the second to the first; never told.</param>
/// <param name="Second">For every noun and attribute, what is told instead when it is the second character's.</param>
internal sealed record LexiconCharacters(string[] Nouns, string[][] Attributes, string Two, string And, Dictionary<string, string> Second);
