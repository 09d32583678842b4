using System.Globalization;
using System.Text.RegularExpressions;

namespace SoraCluster.Gateway.Prompts;

/// <summary>Reads the time at the start of a beat: <c>0-2s:</c>, <c>[0:00–0:02]</c>, <c>1.5s</c>, <c>０〜２秒：</c>.</summary>
internal static class BeatTime
{
    private const string Number = @"(?:\d{1,3}:)?\d{1,4}(?:\.\d{1,3})?";
    private const string Unit = @" ?(?:seconds|secs|sec|s|秒)";

    // Without backtracking: the text is whatever a client sends.
    private static readonly Regex Range = new(
        $@"^[\[(]? *(?<from>{Number})(?:{Unit})? *(?:-|–|—|~|〜|～|to|から) *(?<to>{Number})(?:{Unit})?(?:まで)? *[\])]? *[:、,.]? *",
        RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.IgnoreCase);

    private static readonly Regex Point = new(
        $@"^(?:\[ *(?<from>{Number})(?:{Unit})? *\] *|(?<from>\d{{1,3}}:\d{{2}}(?:\.\d{{1,3}})?|{Number}{Unit}) *)[:、,.-]? *",
        RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.IgnoreCase);

    /// <summary>What looks like a time though it cannot be read: digits, and a dash or a colon.</summary>
    private static readonly Regex Attempt = new(
        @"^[\[(]? *\d[\d.:]*(?: ?(?:s|sec|seconds|秒))? *(?:-|–|—|~|〜|～|から|:)", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.IgnoreCase);

    /// <param name="line">One line of an action table.</param>
    /// <param name="beat">Its beat; null when the line has none.</param>
    /// <returns>False when the line begins with a time that cannot be read.</returns>
    public static bool TryRead(string line, out PromptBeat? beat)
    {
        beat = null;
        var text = line.Trim();
        text = text is ['-' or '*' or '•' or '・', ..] ? text[1..].TrimStart() : text;
        var folded = ScriptLabels.Fold(text);
        var match = Range.Match(folded);
        if (!match.Success)
        {
            match = Point.Match(folded);
        }

        if (!match.Success)
        {
            return !Attempt.IsMatch(folded);
        }

        var to = match.Groups["to"] is { Success: true } end ? Seconds(end.Value) : null;
        if (Seconds(match.Groups["from"].Value) is not { } from || (match.Groups["to"].Success && to is null))
        {
            return false;
        }

        beat = new PromptBeat(from, to, text[match.Length..].Trim());
        return true;
    }

    /// <summary><c>2.5</c>, or minutes and seconds <c>1:02.5</c>.</summary>
    private static double? Seconds(string text)
    {
        var colon = text.IndexOf(':');
        if (!double.TryParse(text.AsSpan(colon + 1), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds))
        {
            return null;
        }

        return colon < 0 ? seconds
            : int.TryParse(text.AsSpan(0, colon), NumberStyles.None, CultureInfo.InvariantCulture, out var minutes) && seconds < 60
            ? (minutes * 60) + seconds
            : null;
    }
}
