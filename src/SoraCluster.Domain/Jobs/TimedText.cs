using System.Globalization;

namespace SoraCluster.Domain.Jobs;

/// <summary>A part of a text that changes over a clip.</summary>
/// <param name="Start">Seconds from the clip's beginning at which it begins to hold; it does until the next one.</param>
/// <param name="Text">For the pack's tokenizer.</param>
/// <param name="Cut">A shot begins: what is before it is not gone on from.</param>
public sealed record TimedText(double Start, string Text, bool Cut = false)
{
    // Prompts hold no control characters, so no prompt can be mistaken for a joined one.
    private const char PartMark = '\u001E';
    private const char TimeMark = '\u001F';
    private const char CutMark = '\u001D';

    /// <summary>The parts as one string; a single one from the beginning on is plain text.</summary>
    public static string Join(IReadOnlyList<TimedText> parts) => parts is [{ Start: 0 } only]
        ? only.Text
        : string.Join(PartMark, parts.OrderBy(part => part.Start).Select(
            part => string.Create(CultureInfo.InvariantCulture, $"{part.Start}{(part.Cut ? CutMark : TimeMark)}{part.Text}")));

    /// <summary>The parts of what <see cref="Join"/> made, in order of time; plain text is one part.</summary>
    public static IReadOnlyList<TimedText> Split(string joined) => joined.AsSpan().IndexOfAny(TimeMark, CutMark) < 0
        ? [new TimedText(0, joined)]
        : [.. joined.Split(PartMark).Select(part =>
        {
            var mark = part.AsSpan().IndexOfAny(TimeMark, CutMark);
            return new TimedText(double.Parse(part.AsSpan(0, mark), CultureInfo.InvariantCulture), part[(mark + 1)..], part[mark] == CutMark);
        })];
}
