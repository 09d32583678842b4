using System.Text;

namespace SoraCluster.Diffusion.Packs;

/// <summary>
/// Brings a prompt into the form in which lexicons are written: width-folded, composed, lower-case, single spaces.
/// <para>
/// <see cref="string.Normalize(NormalizationForm)"/> does nothing outside ASCII when globalization is invariant, which it is here so that no ICU
/// library is needed. So the part of Unicode's NFKC that matters to English and Japanese text is done by hand: full-width ASCII and signs,
/// half-width katakana with their voiced marks, kana followed by combining voiced marks (as macOS file names have them), the two kana ligatures, and
/// the spaces.
/// Other compatibility characters (ligatures, circled numbers, accents in decomposed form) stay as they are: no lexicon form contains them.
/// </para>
/// </summary>
internal static class PromptNormalizer
{
    private const char CombiningVoiced = '\u3099';
    private const char CombiningSemiVoiced = '\u309A';

    /// <summary>U+FF61 to U+FF9F in order: the full-width forms of half-width katakana and punctuation.</summary>
    private const string FromHalfWidth =
        "。「」、・ヲァィゥェォャュョッーアイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワン\u3099\u309A";

    /// <summary>U+FFE0 to U+FFE6 in order; the macron decomposes into a space and a combining mark, as in NFKC.</summary>
    private static readonly string[] FromFullWidthSigns = ["¢", "£", "¬", " \u0304", "¦", "¥", "₩"];

    /// <summary>Kana whose next code point is the voiced one; those at which the one after it is semi-voiced are the ha-row.</summary>
    private const string Voiceable = "かきくけこさしすせそたちつてとはひふへほ";

    public static string Normalize(string text)
    {
        var folded = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            Append(folded, c);
        }

        return CollapseSpaces(folded.ToString().ToLowerInvariant());
    }

    private static void Append(StringBuilder folded, char c)
    {
        switch (c)
        {
            case >= '\uFF01' and <= '\uFF5E':
                folded.Append((char)(c - 0xFEE0));
                break;
            case >= '\uFF61' and <= '\uFF9F':
                AppendKana(folded, FromHalfWidth[c - '\uFF61']);
                break;
            case >= '\uFFE0' and <= '\uFFE6':
                folded.Append(FromFullWidthSigns[c - '\uFFE0']);
                break;
            case CombiningVoiced or CombiningSemiVoiced:
                AppendKana(folded, c);
                break;
            case '\u309B' or '\u309C': // the marks on their own
                folded.Append(' ').Append((char)(c - 2));
                break;
            case 'ゟ':
                folded.Append("より");
                break;
            case 'ヿ':
                folded.Append("コト");
                break;
            default:
                folded.Append(c);
                break;
        }
    }

    private static void AppendKana(StringBuilder folded, char c)
    {
        if (folded.Length > 0 && Compose(folded[^1], c) is { } composed)
        {
            folded[^1] = composed;
        }
        else
        {
            folded.Append(c);
        }
    }

    /// <summary>The precomposed kana, or null where there is none.</summary>
    private static char? Compose(char kana, char mark)
    {
        // Katakana lie 0x60 above hiragana.
        var katakana = kana is >= '\u30A1' and <= '\u30FE';
        var hiragana = katakana ? (char)(kana - 0x60) : kana;
        char? composed = (hiragana, mark) switch
        {
            ('う', CombiningVoiced) => '\u3094',
            ('ゝ', CombiningVoiced) => 'ゞ',
            (_, CombiningVoiced) when Voiceable.Contains(hiragana) => (char)(hiragana + 1),
            ('は' or 'ひ' or 'ふ' or 'へ' or 'ほ', CombiningSemiVoiced) => (char)(hiragana + 2),
            _ => null,
        };
        if (composed is null && katakana && mark == CombiningVoiced && kana is >= 'ワ' and <= 'ヲ')
        {
            return (char)(kana + 8); // ワ ヰ ヱ ヲ to ヷ ヸ ヹ ヺ, which hiragana lack
        }

        return composed is { } c && katakana ? (char)(c + 0x60) : composed;
    }

    private static string CollapseSpaces(string text)
    {
        var collapsed = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            if (!char.IsWhiteSpace(c))
            {
                collapsed.Append(c);
            }
            else if (collapsed.Length > 0 && collapsed[^1] != ' ')
            {
                collapsed.Append(' ');
            }
        }

        return collapsed.ToString().TrimEnd(' ');
    }
}
