using System.Globalization;
using SoraCluster.Bench.Api;
using SoraCluster.Bench.Clips;
using SoraCluster.Bench.CommandLine;
using SoraCluster.Bench.Executor;
using SoraCluster.Bench.Jobs;
using SoraCluster.Bench.Queue;

// Measurements that are only worth comparing inside one run: each prints Markdown tables.
switch (args)
{
    case ["executor", .. var rest] when ExecutorOptions.TryParse(rest) is { } options:
        ExecutorBench.Run(options, Console.Out);
        return 0;
    case ["clip", .. var rest] when ClipOptions.TryParse(rest) is { } options:
        await ClipBench.RunAsync(options, Console.Out);
        return 0;
    case ["cli", .. var rest] when Rounds(rest, 5) is { } rounds:
        CommandBench.Run(rounds, Console.Out);
        return 0;
    case ["api", .. var rest] when Rounds(rest, 5) is { } rounds:
        await ApiBench.RunAsync(Path.Combine("models", "tiny"), part: null, rounds, Console.Out);
        return 0;
    case ["api", "reads" or "creates" or "streams", .. var rest] when Rounds(rest, 5) is { } rounds:
        await ApiBench.RunAsync(Path.Combine("models", "tiny"), args[1], rounds, Console.Out);
        return 0;
    case ["jobs", .. var rest] when Rounds(rest, 5) is { } rounds:
        await EmptyJobsBench.RunAsync(Path.Combine("models", "tiny"), rounds, 2000, Console.Out);
        return 0;
    case ["steps", .. var rest] when Rounds(rest, 9) is { } rounds:
        await StepsBench.RunAsync(Path.Combine("models", "tiny"), rounds, Console.Out);
        return 0;
    case ["api-server", var pack, var data]:
        await BenchServers.LocalAsync(pack, data);
        return 0;
    case ["api-server", var pack, var data, "--no-worker"]:
        await BenchServers.LocalAsync(pack, data, hasWorker: false);
        return 0;
    case ["api-echo", var body]:
        await BenchServers.EchoAsync(body);
        return 0;
    case ["queue", .. var rest] when Rounds(rest, 5) is { } rounds:
        QueueBench.Run(rounds, Console.Out);
        return 0;
    default:
        Console.Error.WriteLine("""
            usage: dotnet run -c Release --project bench/SoraCluster.Bench -- WHAT [OPTIONS], in the repository's root
              executor   denoising and decoding against what the processor can do
                --pack FOLDER   the pack to run (default models/tiny)
                --rounds N      rounds to take the median of (default 15)
                --threads LIST  thread counts, separated by commas (default 1,2)
                --cpu           divide by processor time instead of wall time: for a machine that is busy with other things
              clip       a clip by stage, and what orchestration costs beside the bare engine
                --pack FOLDER   the pack to run (default models/tiny)
                --rounds N      rounds to take the median of (default 9)
                --steps N       denoising steps (default: the pack's)
                --jobs N        clips in flight in the second comparison (default 4)
              cli        start-up, and a clip by the command line: time and memory
                --rounds N      runs to take the median of (default 5)
              queue      a decision of the step queue with 10, 1,000 and 100,000 jobs waiting
                --rounds N      rounds to take the median of (default 5)
              jobs       empty jobs from submission to completion, beside BullMQ on Redis
                --rounds N      rounds to take the median of (default 5)
              steps      denoising as jobs beside the bare loop, and steps until a job stops or makes room
                --rounds N      rounds to take the median of (default 9)
              api [reads|creates|streams]   the local server's HTTP API under load, beside a bare endpoint
                --rounds N      rounds to take the median of (default 5)
            """);
        return 2;
}

static int? Rounds(ReadOnlySpan<string> args, int usual) => args switch
{
    [] => usual,
    ["--rounds", var text] when int.TryParse(text, CultureInfo.InvariantCulture, out var rounds) && rounds > 0 => rounds,
    _ => null,
};
