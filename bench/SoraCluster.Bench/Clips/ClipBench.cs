using System.Globalization;
using SoraCluster.Diffusion.Packs;
using SoraCluster.Domain.Jobs;
using SoraCluster.Inference.Managed;

namespace SoraCluster.Bench.Clips;

/// <summary>
/// A two-second clip by stage, and what orchestration costs: the same clips made by the bare engine and as jobs of a server, in turn in one run, one
/// at a time and several in flight.
/// </summary>
internal static class ClipBench
{
    private const int Seconds = 2;

    public static async Task RunAsync(ClipOptions options, TextWriter output)
    {
        var folder = Directory.CreateTempSubdirectory("sora-bench-").FullName;
        try
        {
            await RunAsync(options, folder, output);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task RunAsync(ClipOptions options, string folder, TextWriter output)
    {
        var pack = Pack.Load(options.Pack);
        using var runtime = new ManagedRuntimeFactory(Environment.ProcessorCount).Open(pack);
        var stages = new ClipStages(runtime, folder);
        using var engine = new BareEngine(pack, Path.Combine(folder, "engine"));
        await using var server = await ServerJobs.StartAsync(options.Pack, Path.Combine(folder, "data"));
        var (byStage, one, several) = (new List<double[]>(), new List<Round>(), new List<Round>());
        for (var round = -1; round < options.Rounds; round++)
        {
            JobSpec[] specs = [.. Enumerable.Range(0, options.InFlight).Select(i => Spec(pack, options, (round + 1) * options.InFlight + i))];
            var laps = await stages.RunAsync(specs[0]);
            var (alone, together) = (await CompareAsync(specs[..1]), await CompareAsync(specs));
            if (round >= 0)
            {
                byStage.Add(laps);
                one.Add(alone);
                several.Add(together);
            }
        }

        Report(options, pack, byStage, one, several, output);

        async Task<Round> CompareAsync(JobSpec[] specs)
        {
            var before = ProcessorTime.Seconds();
            var (denoised, finished) = await engine.RunAsync(specs);
            var between = ProcessorTime.Seconds();
            var jobs = await server.RunAsync(specs);
            var round = new Round(denoised, finished, jobs, between - before, ProcessorTime.Seconds() - between);
            Console.Error.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{specs.Length} at once: denoised after {denoised:F3} s, finished after {finished:F3} s, as jobs {jobs:F3} s; "
                + $"processor {round.BareProcessor:F2} s and {round.JobsProcessor:F2} s"));
            return round;
        }
    }

    private static JobSpec Spec(Pack pack, ClipOptions options, int seed) =>
        ClipSpecs.Of(pack.Manifest, seed) with { Seconds = Seconds, Size = "512x512", Steps = options.Steps ?? pack.Manifest.DefaultSteps };

    private static void Report(ClipOptions options, Pack pack, List<double[]> stages, List<Round> one, List<Round> several, TextWriter output)
    {
        var manifest = pack.Manifest;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"A clip of {Seconds} s, {options.Steps ?? manifest.DefaultSteps} steps with guidance {manifest.DefaultGuidanceScale}, 512x512, "
            + $"pack {manifest.Id} {manifest.Version}, {Environment.ProcessorCount} processors, median of {options.Rounds} rounds."));
        output.WriteLine();
        output.WriteLine("| stage | ms |");
        output.WriteLine("|---|---:|");
        for (var i = 0; i < ClipStages.Names.Length; i++)
        {
            output.WriteLine($"| {ClipStages.Names[i]} | {Milliseconds(stages.Select(laps => laps[i]))} |");
        }

        output.WriteLine($"| all, one after the other | {Milliseconds(stages.Select(laps => laps.Sum()))} |");
        output.WriteLine();
        output.WriteLine("| clips at once | bare denoising, ms | bare engine, ms | as jobs, ms | orchestration | bare engine, processor ms | as jobs, processor ms | orchestration |");
        output.WriteLine("|---:|---:|---:|---:|---:|---:|---:|---:|");
        foreach (var (count, rounds) in new[] { (1, one), (options.InFlight, several) })
        {
            output.WriteLine(
                $"| {count} | {Milliseconds(rounds.Select(r => r.Denoised))} | {Milliseconds(rounds.Select(r => r.Bare))} | "
                + $"{Milliseconds(rounds.Select(r => r.Jobs))} | {Overhead(rounds.Select(r => r.Jobs), rounds.Select(r => r.Bare))} | "
                + $"{Milliseconds(rounds.Select(r => r.BareProcessor))} | {Milliseconds(rounds.Select(r => r.JobsProcessor))} | "
                + $"{Overhead(rounds.Select(r => r.JobsProcessor), rounds.Select(r => r.BareProcessor))} |");
        }
    }

    private static string Overhead(IEnumerable<double> jobs, IEnumerable<double> bare) =>
        string.Create(CultureInfo.InvariantCulture, $"{(Statistics.MedianRatio(jobs, bare) - 1) * 100:F1} %");

    private static string Milliseconds(IEnumerable<double> seconds) =>
        (Statistics.Median(seconds) * 1e3).ToString("F0", CultureInfo.InvariantCulture);

    private sealed record Round(double Denoised, double Bare, double Jobs, double BareProcessor, double JobsProcessor);
}
