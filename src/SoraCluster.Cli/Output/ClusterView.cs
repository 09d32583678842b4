using System.Globalization;
using SoraCluster.Cli.Api;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace SoraCluster.Cli.Output;

/// <summary>A server's processes and queues as tables.</summary>
internal static class ClusterView
{
    public static IRenderable Of(ClusterState state, DateTimeOffset now) => new Rows(Nodes(state.Nodes, now), new Text(""), Queues(state.Queues));

    public static IRenderable Nodes(IReadOnlyList<Node> nodes, DateTimeOffset now)
    {
        var table = Plain("process", "roles", "status", "up", "worker");
        foreach (var node in nodes)
        {
            table.AddRow(
                Markup.Escape(node.Name),
                string.Join(", ", node.Roles),
                node.Status.ToLowerInvariant(),
                node.Status == "Dead" ? "" : Span(now - node.Started),
                Markup.Escape(node.Worker ?? ""));
        }

        return table;
    }

    private static Table Queues(IReadOnlyList<Queue> queues)
    {
        var table = Plain("queue", "running", "waiting: priority", "standard", "relaxed", "longest wait", "workers");
        foreach (var queue in queues)
        {
            var longest = queue.OldestWait.Values.DefaultIfEmpty().Max();
            table.AddRow(
                Markup.Escape(queue.Paused ? $"{queue.Name} (paused)" : queue.Name),
                Number(queue.Leased),
                Number(queue.Waiting.GetValueOrDefault("Priority")),
                Number(queue.Waiting.GetValueOrDefault("Standard")),
                Number(queue.Waiting.GetValueOrDefault("Relaxed")),
                longest > TimeSpan.Zero ? Span(longest) : "",
                Number(queue.Workers.Count));
        }

        return table;
    }

    private static Table Plain(params string[] columns) => new Table().Border(TableBorder.None).AddColumns(columns);

    private static string Number(int count) => count.ToString(CultureInfo.InvariantCulture);

    private static string Span(TimeSpan span) => span switch
    {
        { TotalDays: >= 1 } => string.Create(CultureInfo.InvariantCulture, $"{span.Days} d {span.Hours} h"),
        { TotalHours: >= 1 } => string.Create(CultureInfo.InvariantCulture, $"{span.Hours} h {span.Minutes} min"),
        { TotalMinutes: >= 1 } => string.Create(CultureInfo.InvariantCulture, $"{span.Minutes} min {span.Seconds} s"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{Math.Max(0, span.TotalSeconds):F0} s"),
    };
}
