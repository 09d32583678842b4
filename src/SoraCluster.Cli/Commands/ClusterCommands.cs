using System.CommandLine;
using SoraCluster.Cli.Api;
using SoraCluster.Cli.Output;
using Spectre.Console;

namespace SoraCluster.Cli.Commands;

/// <summary><c>sora cluster status|silos|drain|top</c>: an operator's look at a server, of one process or many.</summary>
internal static class ClusterCommands
{
    private static readonly TimeSpan Refresh = TimeSpan.FromSeconds(1);

    public static Command Create() => new("cluster", "See what a server is made of and what waits; drain workers (operators only).")
    {
        Status(), Silos(), Drain(), Top(),
    };

    private static Command Status() => new Command("status", "Show processes and queues.").WithServer(
        async (api, _, cancellation) => AnsiConsole.Write(ClusterView.Of(await api.GetClusterAsync(cancellation), Now())));

    private static Command Silos() => new Command("silos", "Show the processes, those that have lately died included.").WithServer(
        async (api, _, cancellation) => AnsiConsole.Write(ClusterView.Nodes(await api.ListNodesAsync(cancellation), Now())));

    private static Command Drain()
    {
        var name = new Argument<string>("name") { Description = "A process or a worker, as 'sora cluster silos' shows it." };
        var undo = new Option<bool>("--undo") { Description = "Let it take jobs again." };
        return new Command("drain", "Give a worker no more jobs, and ask it for those it has; each goes on elsewhere.") { name, undo }.WithServer(
            async (api, arguments, cancellation) =>
            {
                var worker = await WorkerAsync(api, arguments.GetValue(name)!, cancellation);
                await api.DrainAsync(worker, !arguments.GetValue(undo), cancellation);
                Console.WriteLine(arguments.GetValue(undo) ? $"{worker} takes jobs again." : $"{worker} is being drained; --undo lets it work again.");
            });
    }

    private static Command Top() => new Command("top", "Show processes and queues, anew every second, until Ctrl-C.").WithServer(
        async (api, _, cancellation) =>
        {
            if (Console.IsOutputRedirected)
            {
                throw new UsageException("'sora cluster top' draws on a terminal. For a file or a pipe there is 'sora cluster status'.");
            }

            await AnsiConsole.Live(new Text("")).AutoClear(true).StartAsync(async screen =>
            {
                while (true)
                {
                    screen.UpdateTarget(ClusterView.Of(await api.GetClusterAsync(cancellation), Now()));
                    await Task.Delay(Refresh, TimeProvider.System, cancellation);
                }
            });
        });

    /// <summary>The worker of that name, or that of the process of that name.</summary>
    /// <exception cref="UsageException">There is none.</exception>
    private static async Task<string> WorkerAsync(SoraApi api, string name, CancellationToken cancellation)
    {
        var state = await api.GetClusterAsync(cancellation);
        var known = state.Nodes.Select(node => node.Worker).OfType<string>().Concat(state.Queues.SelectMany(queue => queue.Workers)).Distinct();
        return known.FirstOrDefault(worker => worker == name) ?? state.Nodes.LastOrDefault(node => node.Name == name) switch
        {
            { Worker: { } worker } => worker,
            { } node => throw new UsageException($"{node.Name} runs no packs: there is nothing to drain."),
            null => throw new UsageException($"There is no process or worker '{name}'. 'sora cluster silos' shows those that there are."),
        };
    }

    private static DateTimeOffset Now() => TimeProvider.System.GetUtcNow();
}
