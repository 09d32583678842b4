using System.Globalization;

namespace SoraCluster.Planning.Workload;

/// <summary>
/// A recorded load, as text: one job a line, in the order of arrival, <c>seconds,user,class,steps,seconds_per_step[,batch_key]</c>.
/// Empty lines, lines that begin with <c>#</c>, and a first line of column names are skipped.
/// </summary>
public static class TraceFile
{
    /// <exception cref="FormatException">A line that cannot be read; says which.</exception>
    public static IEnumerable<Arrival> Read(TextReader reader)
    {
        var last = TimeSpan.Zero;
        var number = 0;
        while (reader.ReadLine() is { } line)
        {
            number++;
            var text = line.Trim();
            if (text.Length == 0 || text[0] == '#' || (number == 1 && text.StartsWith("seconds", StringComparison.OrdinalIgnoreCase)))
            {
                continue;
            }

            var arrival = Parse(text) ?? throw new FormatException(
                $"Line {number} is not 'seconds,user,class,steps,seconds_per_step[,batch_key]': {text}");
            last = arrival.At >= last ? arrival.At : throw new FormatException($"Line {number} is earlier than the line before it.");
            yield return arrival;
        }
    }

    private static Arrival? Parse(string line)
    {
        var parts = line.Split(',', StringSplitOptions.TrimEntries);
        return parts.Length is 5 or 6 && parts[1].Length > 0
            && double.TryParse(parts[0], NumberStyles.Float, CultureInfo.InvariantCulture, out var at) && at is >= 0 and < 1e9
            && ClassNames.TryParse(parts[2], out var @class)
            && int.TryParse(parts[3], NumberStyles.None, CultureInfo.InvariantCulture, out var steps) && steps > 0
            && double.TryParse(parts[4], NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) && seconds is > 0 and < 1e6
                ? new(
                    TimeSpan.FromSeconds(at), parts[1], @class, steps, seconds,
                    parts.Length == 6 ? parts[5] : parts[4], @class.ToString().ToLowerInvariant())
                : null;
    }
}
