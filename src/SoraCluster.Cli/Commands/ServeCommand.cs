using System.CommandLine;
using SoraCluster.Cli.Hosting;
using SoraCluster.Domain.Users;
using SoraCluster.Local;

namespace SoraCluster.Cli.Commands;

/// <summary><c>sora serve</c>: the whole of local mode until Ctrl-C.</summary>
internal sealed class ServeCommand
{
    private readonly Option<int> port = NumberOption.Whole(
        "--port", "Port to listen on; 0 takes a free one.", 0, ushort.MaxValue, LocalServerOptions.DefaultPort);

    private readonly Option<string> host = new("--host")
    {
        Description = "Address to listen on; any but loopback needs API keys.",
        HelpName = "ADDRESS",
        DefaultValueFactory = _ => "127.0.0.1",
    };

    private readonly Option<string?> data = new("--data") { Description = "Folder of jobs and clips (or SORA_DATA).", HelpName = "FOLDER" };

    private readonly Option<int> dailyLimit = NumberOption.Whole(
        "--daily-limit", "Clips that each user may make in 24 hours.", 0, 100_000, new QuotaOptions().Limit);

    private readonly Option<bool> noWorker = new("--no-worker")
    {
        Description = "Run no jobs in this process; workers dial in with 'sora worker --gateway URL'.",
    };

    private readonly Option<int?> checkpointEvery = CheckpointOption.Create();

    public Command Create()
    {
        var command = new Command("serve", "Serve the Videos API from this machine.") { port, host, data, dailyLimit, noWorker, checkpointEvery };
        command.SetRunner(RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellation)
    {
        var options = new LocalServerOptions
        {
            Port = arguments.GetValue(port),
            Host = arguments.GetValue(host)!,
            DataFolder = arguments.GetValue(data) ?? LocalServerOptions.DefaultDataFolder(),
            Quotas = new QuotaOptions { Limit = arguments.GetValue(dailyLimit) },
            HasWorker = !arguments.GetValue(noWorker),
            CheckpointEvery = arguments.GetValue(checkpointEvery),
            Logging = ServerLog.Chosen,
        };
        await using var server = await LocalServer.StartAsync(options, cancellation);
        foreach (var problem in server.PackProblems)
        {
            Console.Error.WriteLine($"sora: {problem.Folder}: {problem.Message}");
        }

        Console.WriteLine($"Serving the Videos API at {server.BaseAddress}v1 (data in {options.DataFolder}). Ctrl-C stops it; jobs go on at the next start.");
        Console.WriteLine($"Try:  curl {server.BaseAddress}v1/videos -H 'Content-Type: application/json' -d '{{\"prompt\":\"a red ball bounces on the beach\"}}'");
        try
        {
            await server.Completion.WaitAsync(cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            Console.WriteLine("Stopping: running jobs are checkpointed …");
        }

        return 0;
    }
}
