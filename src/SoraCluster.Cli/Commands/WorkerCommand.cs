using System.CommandLine;
using SoraCluster.Cli.Hosting;
using SoraCluster.Local;

namespace SoraCluster.Cli.Commands;

/// <summary><c>sora worker</c>: this machine's processor for a gateway elsewhere, until Ctrl-C.</summary>
internal sealed class WorkerCommand
{
    private const string TokenVariable = "SORA_API_KEY";

    private readonly Option<string> gateway = new("--gateway")
    {
        Description = "Address of the server whose jobs to run, such as https://videos.example.org.",
        HelpName = "URL",
        Required = true,
    };

    private readonly Option<string?> token = new("--token")
    {
        Description = $"API key with the operator scope (or {TokenVariable}, which other users of this machine do not see).",
        HelpName = "KEY",
    };

    private readonly Option<bool> plain = new("--allow-plain-http")
    {
        Description = "Send the key over http to another machine, where anyone on the way can read it.",
    };

    private readonly Option<int> threads = NumberOption.Whole(
        "--threads", "Threads that denoise and decode.", 1, 1024, Environment.ProcessorCount);

    private readonly Option<int> jobs = NumberOption.Whole("--jobs", "The most clips denoised at the same time.", 1, 256, 8);

    private readonly Option<int?> checkpointEvery = CheckpointOption.Create();

    public Command Create()
    {
        var command = new Command("worker", "Run jobs of a server elsewhere on this machine.") { gateway, token, plain, threads, jobs, checkpointEvery };
        command.SetRunner(RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellation)
    {
        var address = arguments.GetValue(gateway)!;
        if (!Uri.TryCreate(address, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https"))
        {
            throw new UsageException($"--gateway '{address}' is not an address. Write it as https://HOST[:PORT].");
        }

        var key = arguments.GetValue(token) ?? Environment.GetEnvironmentVariable(TokenVariable);
        var allowed = arguments.GetValue(plain);
        if (uri.Scheme == "http" && !uri.IsLoopback && !string.IsNullOrEmpty(key) && !allowed)
        {
            throw new UsageException($"'{address}' is not encrypted: the key could be read on the way. Use https, or --allow-plain-http.");
        }

        await RemoteWorker.RunAsync(
            new()
            {
                Remote = new() { Gateway = uri, Token = string.IsNullOrEmpty(key) ? null : key, AllowPlainHttp = allowed },
                Threads = arguments.GetValue(threads),
                MaxJobs = arguments.GetValue(jobs),
                CheckpointEvery = arguments.GetValue(checkpointEvery),
                Logging = ServerLog.Chosen,
                Tell = Tell,
            },
            cancellation);
        Console.WriteLine("Stopped; what was running has been checkpointed and given back.");
        return 0;
    }

    private static void Tell(string sentence) => Console.Error.WriteLine($"sora: {sentence}");
}
