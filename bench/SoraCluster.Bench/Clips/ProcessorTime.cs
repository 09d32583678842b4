using System.Globalization;

namespace SoraCluster.Bench.Clips;

/// <summary>
/// Processor time of this process and of the children that have ended (ffmpeg), by Linux' books: a measure that a busy machine leaves nearly alone.
/// </summary>
internal static class ProcessorTime
{
    private const double TicksPerSecond = 100;

    /// <summary>Seconds so far; not a number where there is no <c>/proc</c>.</summary>
    public static double Seconds()
    {
        const string Path = "/proc/self/stat";
        if (!File.Exists(Path))
        {
            return double.NaN;
        }

        // After the name in parentheses; utime, stime, cutime and cstime are the fields 14 to 17 of proc(5), the name being the second.
        var text = File.ReadAllText(Path);
        var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
        return fields[11..15].Sum(ticks => long.Parse(ticks, CultureInfo.InvariantCulture)) / TicksPerSecond;
    }
}
