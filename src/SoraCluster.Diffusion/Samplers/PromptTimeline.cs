using System.Globalization;

namespace SoraCluster.Diffusion.Samplers;

/// <summary>
/// A prompt that changes over a clip: parts divided by U+001E, each <c>seconds U+001F text</c>, or <c>seconds U+001D text</c> where a shot begins, in order;
/// or plain text. Each window reads the parts that hold while its own pictures pass.
/// </summary>
internal sealed class PromptTimeline
{
    private const char PartMark = '\u001E';
    private const char TimeMark = '\u001F';
    private const char CutMark = '\u001D';

    /// <summary>A part that holds for less than this share of a window is left to the windows beside it.</summary>
    private const double LeastShare = 0.25;

    private readonly (double Start, string Text, bool Cut)[] parts;

    private PromptTimeline((double Start, string Text, bool Cut)[] parts) => this.parts = parts;

    /// <summary>Everything that is said, for telling which words are unknown.</summary>
    public string Text => string.Join('\n', parts.Select(part => part.Text));

    /// <summary>Where shots begin, in seconds.</summary>
    public IEnumerable<double> Cuts => parts.Where(part => part.Cut).Select(part => part.Start);

    /// <exception cref="FormatException">A time cannot be read.</exception>
    public static PromptTimeline Parse(string prompt) => new(prompt.AsSpan().IndexOfAny(TimeMark, CutMark) < 0
        ? [(0, prompt, false)]
        : [.. prompt.Split(PartMark).Select(part =>
        {
            var mark = part.AsSpan().IndexOfAny(TimeMark, CutMark);
            return (double.Parse(part.AsSpan(0, Math.Max(0, mark)), CultureInfo.InvariantCulture), part[(mark + 1)..], part[Math.Max(0, mark)] == CutMark);
        })]);

    /// <summary>What holds between two times, in seconds; the first part holds before its time, too.</summary>
    public string Between(double from, double to)
    {
        var held = parts.Select((part, i) => (part.Text, Length: Overlap(i, from, to))).Where(each => each.Length > 0).ToArray();
        var lasting = held.Where(each => each.Length >= LeastShare * (to - from)).ToArray();
        return string.Join('\n', (lasting.Length > 0 ? lasting : held).Select(each => each.Text));
    }

    private double Overlap(int index, double from, double to)
    {
        var start = index == 0 ? double.NegativeInfinity : parts[index].Start;
        var end = index + 1 < parts.Length ? parts[index + 1].Start : double.PositiveInfinity;
        return Math.Min(end, to) - Math.Max(start, from);
    }
}
