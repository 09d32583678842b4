using SoraCluster.Domain.Jobs;
using SoraCluster.Simulation.Core;
using SoraCluster.Worker.Engine;

namespace SoraCluster.Simulation.Workers;

/// <summary>
/// A device under the real worker: steps take virtual time, rows of one pass lie side by side in one buffer, and some jobs kill
/// the process that steps them.
/// </summary>
internal sealed class SimEngine(SimCluster cluster, SimWorker worker) : IStepEngine
{
    private readonly List<SimRun> open = [];

    /// <summary>The clips in memory, those kept warm included.</summary>
    public IReadOnlyList<SimRun> Open => open;

    public IReadOnlyList<string> Packs => [SimCluster.Pack];

    public int MaxRows(string pack) => 4;

    public async Task<IClipRun> OpenAsync(
        JobSpec spec, Stream? checkpoint, IReadOnlyList<Stream> sources, CancellationToken cancellation)
    {
        await World.PauseUpToAsync(TimeSpan.FromMilliseconds(300), worker.Process);
        cancellation.ThrowIfCancellationRequested();
        var (step, latents) = (0, SimLatents.Start(spec.Seed));
        if (checkpoint is not null)
        {
            using var bytes = new MemoryStream();
            checkpoint.CopyTo(bytes);
            (step, latents) = SimLatents.Read(bytes.ToArray(), spec.Seed);
        }

        var run = new SimRun(spec, cluster.Costs.CostOf(spec).BatchKey, step, latents, r => open.Remove(r));
        open.Add(run);
        return run;
    }

    public async Task<StepOutcome> StepAsync(IReadOnlyList<IClipRun> runs)
    {
        var batch = runs.Cast<SimRun>().ToArray();
        var time = TimeSpan.FromSeconds(cluster.Costs.CostOf(batch[0].Spec).SecondsPerStep * (1 + batch.Length));
        await World.PauseAsync(time, worker.Process);
        if (Array.Find(batch, IsDeadly) is { } killer)
        {
            worker.DieOf(killer);
            return await new TaskCompletionSource<StepOutcome>().Task;
        }

        var rows = Array.ConvertAll(batch, r => SimLatents.Step(r.Latents, r.Spec.Seed, r.Step));
        if (cluster.Settings.Bug is PlantedBug.MixedRows && rows.Length > 1)
        {
            (rows[0], rows[1]) = (rows[1], rows[0]);
        }

        for (var i = 0; i < batch.Length; i++)
        {
            batch[i].Advance(rows[i]);
            cluster.Checks.Stepped(batch[i], batch.Length);
        }

        return new(time, null, []);
    }

    public async Task<IFinishedClip> FinishAsync(JobSpec spec, IClipRun run, CancellationToken cancellation)
    {
        await World.PauseUpToAsync(TimeSpan.FromSeconds(1), worker.Process);
        cancellation.ThrowIfCancellationRequested();
        return new SimClip((SimRun)run);
    }

    private SimWorld World => cluster.World;

    private static bool IsDeadly(SimRun run) =>
        run.Spec.NegativePrompt == SimClient.PoisonMark && run.Step >= (int)(run.Spec.Seed % (ulong)run.TotalSteps);
}
