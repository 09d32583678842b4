using System.Diagnostics;
using System.Globalization;
using SoraCluster.Bench.Clips;
using SoraCluster.Diffusion.Packs;
using SoraCluster.Domain.Jobs;
using SoraCluster.Domain.Steps;
using SoraCluster.Inference.Managed;
using SoraCluster.Media;
using SoraCluster.Worker.Artifacts;
using SoraCluster.Worker.Engine;

namespace SoraCluster.Bench.Jobs;

/// <summary>
/// What it costs to denoise as jobs: queue, leases, checkpoints on the disk and reports beside the bare loop over the same passes, in turns; and how many
/// steps pass until a job heeds a cancellation or makes room for a higher class.
/// </summary>
internal static class StepsBench
{
    private const int Steps = 100;
    private const int Tries = 20;

    /// <summary>Rounds that are not counted: until the compiler has done its work.</summary>
    private const int Warm = 5;

    public static async Task RunAsync(string packFolder, int rounds, TextWriter output)
    {
        var folder = Directory.CreateTempSubdirectory("sora-bench-steps-").FullName;
        try
        {
            await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"""
                | denoising, {Steps} steps with guidance, {rounds} rounds | bare loop, ms | as jobs, ms | passes | cost of being jobs |
                |---|---:|---:|---:|---:|
                """));
            foreach (var threads in new[] { 1, Environment.ProcessorCount })
            {
                await OverheadAsync(packFolder, Path.Combine(folder, $"jobs-{threads}"), threads, rounds, output);
            }

            await LatencyAsync(packFolder, Path.Combine(folder, "cancel"), output);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task OverheadAsync(string packFolder, string folder, int threads, int rounds, TextWriter output)
    {
        var pack = Pack.Load(packFolder);
        using var bare = new PackEngine(
            [pack], new ManagedRuntimeFactory(threads), new ClipPackager(new MediaOptions(), folder + "-bare", TimeProvider.System), TimeProvider.System);
        var (rig, probe) = Start(packFolder, folder, maxJobs: 4, threads);
        await using var local = rig;
        var number = 0;
        foreach (var together in new[] { 1, 4 })
        {
            var (alone, jobs, passes) = (new List<double>(), new List<double>(), 0);
            for (var round = -Warm; round < rounds; round++)
            {
                JobSpec[] specs = [.. Enumerable.Range(0, together).Select(_ => Spec(pack.Manifest, number++))];
                var loop = await LoopAsync(bare, specs);
                probe.Reset();
                await Task.WhenAll(specs.Select(rig.RunAsync));
                if (round >= 0)
                {
                    alone.Add(loop);
                    jobs.Add(probe.Seconds);
                    passes = Math.Max(passes, probe.Passes);
                }
            }

            await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
                $"| {together} at once, {threads} of {Environment.ProcessorCount} cores | {1e3 * Statistics.Median(alone):F0} | {1e3 * Statistics.Median(jobs):F0} | {passes} | {100 * (Statistics.MedianRatio(jobs, alone) - 1):F1} % |"));
        }
    }

    private static async Task<double> LoopAsync(PackEngine engine, JobSpec[] specs)
    {
        var runs = await Task.WhenAll(specs.Select(spec => engine.OpenAsync(spec, null, [], CancellationToken.None)));
        var clock = Stopwatch.StartNew();
        while (!runs[0].Done)
        {
            await engine.StepAsync(runs);
        }

        var seconds = clock.Elapsed.TotalSeconds;
        Array.ForEach(runs, run => run.Dispose());
        return seconds;
    }

    private static async Task LatencyAsync(string packFolder, string folder, TextWriter output)
    {
        var (rig, probe) = Start(packFolder, folder, maxJobs: 1, Environment.ProcessorCount);
        await using var local = rig;
        var (cancelled, yielded) = (new List<int>(), new List<int>());
        var manifest = Pack.Load(packFolder).Manifest;
        for (var i = 0; i < Tries; i++)
        {
            var running = Spec(manifest, 2 * i) with { Seconds = 12, Class = ServiceClass.Relaxed };
            var end = rig.RunAsync(running);
            await UntilAsync(() => probe.Begun(running.Id) > 3 + i);

            var urgent = Spec(manifest, (2 * i) + 1) with { Class = ServiceClass.Priority, Steps = 5 };
            var urgentEnd = rig.WatchAsync(urgent.Id);
            await rig.SubmitAsync(urgent);
            var atSubmission = probe.Begun(running.Id);
            await UntilAsync(() => probe.Begun(urgent.Id) > 0);
            yielded.Add(probe.Begun(running.Id) - atSubmission);
            await urgentEnd;

            var before = probe.Begun(running.Id);
            await UntilAsync(() => probe.Begun(running.Id) > before);
            await rig.Job(running.Id).CancelAsync();
            var atCancellation = probe.Begun(running.Id);
            await end;
            var next = Spec(manifest, 1_000_000 + i) with { Steps = 5 };
            await rig.RunAsync(next); // the device is another's: what the cancelled one got, it has got
            cancelled.Add(probe.Begun(running.Id) - atCancellation);
        }

        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"""

            | steps that still begin, {Tries} tries | median | most |
            |---|---:|---:|
            | of a job, once its cancellation is answered | {cancelled.Order().ElementAt(Tries / 2)} | {cancelled.Max()} |
            | of a relaxed job, once a priority job that needs its place is accepted | {yielded.Order().ElementAt(Tries / 2)} | {yielded.Max()} |
            """));
    }

    private static (LocalRig Rig, ProbeEngine Probe) Start(string packFolder, string folder, int maxJobs, int threads)
    {
        var store = new FileArtifactStore(Path.Combine(folder, "artifacts"), Path.Combine(folder, "partial"));
        ProbeEngine? probe = null;
        var rig = LocalRig.Start(packFolder, folder, store, maxJobs, threads, usual => probe = new ProbeEngine(usual));
        return (rig, probe!);
    }

    private static async Task UntilAsync(Func<bool> happened)
    {
        while (!happened())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System);
        }
    }

    private static JobSpec Spec(PackManifest pack, int number) => ClipSpecs.Of(pack, number) with { Steps = Steps };
}
