namespace SoraCluster.Diffusion.Packs;

/// <summary>
/// Who is who in a prompt. An attribute belongs to the noun that follows, or to the last one. A noun that was said before means the same character, unless
/// what is said of it is something else, or it is described anew right after an "and" ("a heart and a yellow heart").
/// </summary>
internal sealed class Characters
{
    private readonly HashSet<int> nouns;
    private readonly HashSet<int>[] kinds;
    private readonly Dictionary<int, int> second;
    private readonly int two;
    private readonly int and;

    private Characters(HashSet<int> nouns, HashSet<int>[] kinds, Dictionary<int, int> second, int two, int and)
    {
        this.nouns = nouns;
        this.kinds = kinds;
        this.second = second;
        this.two = two;
        this.and = and;
    }

    /// <summary>Checks the rules against the concepts, or throws what <paramref name="refuse"/> makes of (expected, found).</summary>
    public static Characters Create(LexiconCharacters rules, Dictionary<string, int> concepts, Func<string, string, Exception> refuse)
    {
        int Id(string name) => concepts.TryGetValue(name, out var id) && id != 0 ? id : throw refuse("characters made of concepts", $"'{name}'");
        var nouns = rules.Nouns.Select(Id).ToHashSet();
        var kinds = Array.ConvertAll(rules.Attributes, kind => kind.Select(Id).ToHashSet());
        var second = rules.Second.ToDictionary(pair => Id(pair.Key), pair => Id(pair.Value));
        var unnamed = nouns.Concat(kinds.SelectMany(kind => kind)).Where(id => !second.ContainsKey(id)).ToArray();
        return unnamed.Length == 0
            ? new Characters(nouns, kinds, second, Id(rules.Two), Id(rules.And))
            : throw refuse("a second name for every noun and attribute of characters", $"none for '{concepts.First(pair => pair.Value == unnamed[0]).Key}'");
    }

    /// <param name="said">Concepts in the order of the text.</param>
    /// <returns>What is told of it, in any order; and where in <paramref name="said"/> is what was said of a third character, which is left out.</returns>
    public (IEnumerable<int> Told, IReadOnlyList<int> LeftOut) Tell(IReadOnlyList<int> said)
    {
        var characters = new List<HashSet<int>>();
        var rest = new List<int>();
        var leftOut = new List<int>();
        var pending = new List<int>();
        HashSet<int>? named = null;
        var (joined, apart) = (false, false);
        for (var i = 0; i < said.Count; i++)
        {
            var concept = said[i];
            if (nouns.Contains(concept))
            {
                var anew = joined && pending.Count > 0 && (characters.Count < 2 || !apart);
                named = characters.Find(known => !anew && known.Contains(concept) && MayBe(known, pending.Select(at => said[at])));
                if (named is null && characters.Count < 2)
                {
                    characters.Add(named = [concept]);
                }

                pending.Add(i);
                Settle();
                (joined, apart) = (false, false);
            }
            else if (second.ContainsKey(concept))
            {
                pending.Add(i);
            }
            else if (concept == and)
            {
                joined = true;
            }
            else if (concept != two)
            {
                rest.Add(concept);
                (joined, apart) = (false, true);
            }
        }

        if (characters.Count == 0)
        {
            return (pending.Select(at => said[at]).Concat(rest), []);
        }

        Settle();
        if (characters.Count == 1 && said.Contains(two))
        {
            characters.Add(characters[0]);
        }

        var told = characters[0].Concat(rest);
        return (characters.Count == 1 ? told : told.Concat(characters[1].Select(concept => second[concept])).Append(two), leftOut);

        void Settle()
        {
            named?.UnionWith(pending.Select(at => said[at]));
            leftOut.AddRange(named is null ? pending : []);
            pending.Clear();
        }
    }

    /// <summary>Whether nothing said now contradicts what was said of a character.</summary>
    private bool MayBe(HashSet<int> known, IEnumerable<int> attributes) =>
        kinds.All(kind => !known.Overlaps(kind) || attributes.Where(kind.Contains).All(known.Contains));
}
