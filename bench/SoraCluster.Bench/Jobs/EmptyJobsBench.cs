using System.Diagnostics;
using System.Globalization;
using SoraCluster.Bench.Clips;
using SoraCluster.Diffusion.Packs;
using SoraCluster.Domain.Jobs;

namespace SoraCluster.Bench.Jobs;

/// <summary>Jobs per second, from submission to completion, of jobs in which nothing is done: local mode's entities and queue beside BullMQ.</summary>
internal static class EmptyJobsBench
{
    private const int InFlight = 64;
    private const int Users = 200;

    /// <summary>Rounds that are not counted: until the compilers have done their work.</summary>
    private const int Warm = 2;

    /// <param name="packFolder">A pack; nothing of it is run.</param>
    /// <param name="rounds">Rounds, in each of which both take a turn.</param>
    /// <param name="count">Jobs a round.</param>
    /// <param name="output">Gets the table.</param>
    public static async Task RunAsync(string packFolder, int rounds, int count, TextWriter output)
    {
        var folder = Directory.CreateTempSubdirectory("sora-bench-jobs-").FullName;
        try
        {
            var pack = Pack.Load(packFolder).Manifest;
            await using var rig = LocalRig.Start(packFolder, folder, new NoArtifacts(), InFlight, threads: 1, usual => new EmptyEngine(usual.Packs[0]));
            using var bull = await BullMq.StartAsync(InFlight);
            var (ours, theirs) = (new List<double>(), new List<double>());
            for (var round = -Warm; round < rounds; round++)
            {
                var (bullMq, local) = (count / await bull.RunAsync(count), count / await RunAsync(rig, pack, count, (round + Warm) * count));
                Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"BullMQ {bullMq:F0}, SoraCluster {local:F0} jobs a second"));
                if (round >= 0)
                {
                    theirs.Add(bullMq);
                    ours.Add(local);
                }
            }

            await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"""
                | {count} empty jobs, {InFlight} in flight, {rounds} rounds | jobs per second (median) | of BullMQ (median of the rounds' ratios) |
                |---|---:|---:|
                | BullMQ, Redis with an append-only file synced every second | {Statistics.Median(theirs):F0} | 100 % |
                | SoraCluster, SQLite synced at every commit | {Statistics.Median(ours):F0} | {100 * Statistics.MedianRatio(ours, theirs):F0} % |
                """));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Seconds from the first submission to the last completion.</summary>
    private static async Task<double> RunAsync(LocalRig rig, PackManifest pack, int count, int first)
    {
        var clock = Stopwatch.StartNew();
        using var submitting = new SemaphoreSlim(InFlight);
        var all = Task.WhenAll(Enumerable.Range(0, count).Select(i => Task.Run(async () =>
        {
            await submitting.WaitAsync();
            var spec = Spec(pack, first + i);
            var end = rig.WatchAsync(spec.Id);
            await rig.SubmitAsync(spec);
            submitting.Release();
            await end;
        })));
        await await Task.WhenAny(all, rig.Completion);
        return clock.Elapsed.TotalSeconds;
    }

    private static JobSpec Spec(PackManifest pack, int number) => ClipSpecs.Of(pack, number) with
    {
        Owner = string.Create(CultureInfo.InvariantCulture, $"user-{number % Users}"),
        Seconds = 1,
        Steps = 1,
        GuidanceScale = 1,
    };
}
