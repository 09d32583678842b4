using System.Diagnostics;
using SoraCluster.Diffusion.Packs;
using SoraCluster.Domain.Jobs;
using SoraCluster.Inference.Managed;
using SoraCluster.Media;
using SoraCluster.Worker.Engine;

namespace SoraCluster.Bench.Clips;

/// <summary>
/// The worker's engine with nothing around it: no entities, queue, leases, checkpoints, store or HTTP. What a job costs beyond this is orchestration.
/// </summary>
internal sealed class BareEngine(Pack pack, string folder) : IDisposable
{
    private readonly PackEngine engine = new(
        [pack], new ManagedRuntimeFactory(Environment.ProcessorCount), new ClipPackager(new MediaOptions(), folder, TimeProvider.System), TimeProvider.System);

    /// <summary>Makes the clips, all in one batch, then finishes them one by one. Seconds: until the last step, and until all are finished.</summary>
    public async Task<(double Denoised, double Finished)> RunAsync(IReadOnlyList<JobSpec> specs)
    {
        var clock = Stopwatch.StartNew();
        var runs = new List<IClipRun>();
        foreach (var spec in specs)
        {
            runs.Add(await engine.OpenAsync(spec, null, [], CancellationToken.None));
        }

        while (!runs[0].Done)
        {
            await engine.StepAsync(runs);
        }

        var denoised = clock.Elapsed.TotalSeconds;
        for (var i = 0; i < runs.Count; i++)
        {
            await using var clip = await engine.FinishAsync(specs[i], runs[i], CancellationToken.None);
        }

        return (denoised, clock.Elapsed.TotalSeconds);
    }

    public void Dispose() => engine.Dispose();
}
