using System.Globalization;
using Spectre.Console;
using SoraCluster.Planning;

namespace SoraCluster.Cli.Output;

/// <summary>A plan as text: percentiles by class and kind, and a histogram of the waits of each class.</summary>
internal static class PlanView
{
    private const int Width = 50;
    private static readonly double[] Bounds = [0, 1, 2, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, double.MaxValue];

    public static void Print(PlanReport report, string policy)
    {
        Console.WriteLine(Text(
            $"{policy}: {report.Workers} workers, {report.Jobs} jobs in {Span(report.Makespan.TotalSeconds)}, devices busy {report.Utilization:P1}, {report.Yields} yields"));
        var table = new Table().Border(TableBorder.None)
            .AddColumns("class", "kind", "jobs", "wait p50", "p95", "p99", "longest", "to first step p95");
        foreach (var ((@class, kind), waits) in report.Groups)
        {
            table.AddRow(
                @class.ToString().ToLowerInvariant(), Markup.Escape(kind), Text($"{waits.Count}"), Span(waits.Waited(0.5)), Span(waits.Waited(0.95)),
                Span(waits.Waited(0.99)), Span(waits.Waited(1)), Span(waits.ToStart(0.95)));
        }

        AnsiConsole.Write(table);
        foreach (var @class in report.Groups.Keys.Select(g => g.Class).Distinct())
        {
            Draw(@class.ToString().ToLowerInvariant(), report.Of(@class).Histogram(Bounds));
        }

        Console.WriteLine();
    }

    private static void Draw(string @class, IReadOnlyList<int> counts)
    {
        Console.WriteLine($"waits of {@class} jobs");
        var most = Math.Max(1, counts.Max());
        for (var i = 0; i < counts.Count; i++)
        {
            if (counts[i] > 0)
            {
                var bar = new string('#', Math.Max(1, counts[i] * Width / most));
                var to = Bounds[i + 1] == double.MaxValue ? "more" : Span(Bounds[i + 1]);
                Console.WriteLine(Text($"  {Span(Bounds[i]),8} to {to,-8} {counts[i],9}  {bar}"));
            }
        }
    }

    private static string Span(double seconds) => seconds switch
    {
        < 100 => Text($"{seconds:0.0} s"),
        < 6000 => Text($"{seconds / 60:0.0} min"),
        _ => Text($"{seconds / 3600:0.0} h"),
    };

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
