using System.Text;

namespace SoraCluster.Diffusion.Packs;

/// <summary>
/// A lexicon of concepts: every surface form (English words and phrases, Japanese words, their variants) stands for one or more concept ids, so that
/// <c>red</c>, <c>赤い</c> and <c>真っ赤な</c> are the same to the model.
/// <para>
/// The normalised text is scanned from left to right; the longest form or stop word that matches at a position wins. A form never cuts an
/// ASCII word: where it begins or ends with an ASCII letter or digit, its neighbour there is none. What matches nothing is an unknown word: a run of <c>[a-z0-9'-]</c>, or a run of other letters and
/// digits up to where something matches. Everything else (punctuation, symbols) is skipped.
/// </para>
/// </summary>
public sealed class LexiconTokenizer : ITokenizer
{
    private readonly Dictionary<char, Entry[]> entries;
    private readonly int[]? places;
    private readonly Characters? characters;

    /// <param name="entries">Forms and stop words.</param>
    /// <param name="places">By id, where a concept is told among others; null to tell concepts as they come.</param>
    /// <param name="characters">Tells two characters apart; null to tell concepts as if there were one.</param>
    private LexiconTokenizer(Dictionary<char, Entry[]> entries, int[]? places, Characters? characters, int maxLength, int padId, int conceptCount)
    {
        this.entries = entries;
        this.places = places;
        this.characters = characters;
        MaxLength = maxLength;
        PadId = padId;
        ConceptCount = conceptCount;
    }

    /// <inheritdoc/>
    public int MaxLength { get; }

    public int PadId { get; }

    /// <summary>Number of ids, the padding's included.</summary>
    public int ConceptCount { get; }

    /// <inheritdoc/>
    public TokenizedPrompt Tokenize(string text)
    {
        var prompt = PromptNormalizer.Normalize(text);
        var ids = new List<int>();
        var forms = new List<string>(); // that the ids stand for
        var unknown = new List<string>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < prompt.Length;)
        {
            if (Match(prompt, i) is { } entry)
            {
                ids.AddRange(entry.Ids);
                forms.AddRange(entry.Ids.Select(_ => entry.Form));
                i += entry.Form.Length;
                continue;
            }

            var length = UnknownLength(prompt, i);
            if (length > 0 && seen.Add(prompt.Substring(i, length)))
            {
                unknown.Add(prompt.Substring(i, length));
            }

            i += Math.Max(length, 1);
        }

        var (told, leftOut) = Tell(ids);
        unknown.AddRange(leftOut.Select(at => forms[at]).Where(seen.Add));
        return new TokenizedPrompt(told.Length > MaxLength ? told[..MaxLength] : told, unknown, leftOut.Count > 0 || told.Length > MaxLength);
    }

    /// <summary>Builds the tokenizer, or throws what <paramref name="refuse"/> makes of (expected, found).</summary>
    internal static LexiconTokenizer Create(Lexicon lexicon, Func<string, string, Exception> refuse)
    {
        var concepts = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var concept in lexicon.Concepts)
        {
            if (!concepts.TryAdd(concept, concepts.Count))
            {
                throw refuse("every concept once", $"'{concept}' twice");
            }
        }

        if (lexicon.MaxLength is < 1 or > 4096)
        {
            throw refuse("max_length from 1 to 4096", $"{lexicon.MaxLength}");
        }

        if (lexicon.PadId != 0 || concepts.Count == 0)
        {
            throw refuse("pad_id 0, a concept", $"{lexicon.PadId} among {concepts.Count} concepts");
        }

        var entries = new List<Entry>();
        foreach (var (form, names) in lexicon.Forms)
        {
            entries.Add(new Entry(form, Array.ConvertAll(names, name => concepts.TryGetValue(name, out var id) && id != lexicon.PadId
                ? id
                : throw refuse("forms that stand for concepts", $"'{form}' for '{name}'"))));
        }

        entries.AddRange(lexicon.Stop.Select(stop => new Entry(stop, [])));
        if (lexicon is { Characters: not null, Order: null })
        {
            throw refuse("an order beside characters", "none");
        }

        var characters = lexicon.Characters is { } rules ? Characters.Create(rules, concepts, refuse) : null;
        return new LexiconTokenizer(Group(entries, refuse), Places(lexicon, concepts, refuse), characters, lexicon.MaxLength, lexicon.PadId, concepts.Count);
    }

    private static int[]? Places(Lexicon lexicon, Dictionary<string, int> concepts, Func<string, string, Exception> refuse)
    {
        if (lexicon.Order is not { } order)
        {
            return null;
        }

        var missing = concepts.Keys.Where((_, id) => id != lexicon.PadId).Except(order).FirstOrDefault();
        if (missing is not null || order.Length != concepts.Count - 1)
        {
            throw refuse("an order with every concept but the padding once", missing is null ? $"{order.Length} names" : $"none with '{missing}'");
        }

        var places = new int[concepts.Count];
        for (var place = 0; place < order.Length; place++)
        {
            places[concepts[order[place]]] = place;
        }

        return places;
    }

    /// <summary>Forms by first character, longest first, so that the first that matches is the one that wins.</summary>
    private static Dictionary<char, Entry[]> Group(List<Entry> entries, Func<string, string, Exception> refuse)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (form, _) in entries)
        {
            if (form.Length == 0 || PromptNormalizer.Normalize(form) != form)
            {
                throw refuse("forms and stop words in normal form (NFKC, lower case, single spaces)", $"'{form}'");
            }

            if (!seen.Add(form))
            {
                throw refuse("every form or stop word once", $"'{form}' twice");
            }
        }

        return entries.GroupBy(entry => entry.Form[0])
            .ToDictionary(group => group.Key, group => group.OrderByDescending(entry => entry.Form.Length).ToArray());
    }

    private (int[] Told, IReadOnlyList<int> LeftOut) Tell(List<int> ids)
    {
        if (places is null)
        {
            return ([.. ids], []);
        }

        var (told, leftOut) = characters is null ? (ids, []) : characters.Tell(ids);
        return ([.. told.Distinct().OrderBy(id => places[id])], leftOut);
    }

    private Entry? Match(string prompt, int at)
    {
        if (!entries.TryGetValue(prompt[at], out var candidates))
        {
            return null;
        }

        foreach (var entry in candidates)
        {
            var end = at + entry.Form.Length;
            if (end <= prompt.Length && string.CompareOrdinal(prompt, at, entry.Form, 0, entry.Form.Length) == 0
                && !Joins(prompt, at - 1, at) && !Joins(prompt, end - 1, end))
            {
                return entry;
            }
        }

        return null;
    }

    /// <summary>Whether two neighbouring characters belong to one ASCII word, which no form may cut.</summary>
    private static bool Joins(string prompt, int left, int right) =>
        left >= 0 && right < prompt.Length && char.IsAsciiLetterOrDigit(prompt[left]) && char.IsAsciiLetterOrDigit(prompt[right]);

    /// <summary>Length of the unknown word that starts here; 0 for a character that is no part of a word.</summary>
    private int UnknownLength(string prompt, int start)
    {
        var end = start;
        if (IsAsciiWord(prompt[start]))
        {
            while (end < prompt.Length && IsAsciiWord(prompt[end]))
            {
                end++;
            }

            return end - start;
        }

        while (end < prompt.Length && Rune.TryGetRuneAt(prompt, end, out var rune) && !rune.IsAscii && Rune.IsLetterOrDigit(rune)
            && (end == start || Match(prompt, end) is null))
        {
            end += rune.Utf16SequenceLength;
        }

        return end - start;
    }

    private static bool IsAsciiWord(char c) => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '\'' or '-';

    private sealed record Entry(string Form, int[] Ids);
}
