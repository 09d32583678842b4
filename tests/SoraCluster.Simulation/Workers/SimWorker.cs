using Microsoft.Extensions.Logging.Abstractions;
using SoraCluster.Domain.Steps;
using SoraCluster.Simulation.Core;
using SoraCluster.Simulation.Stores;
using SoraCluster.Worker;

namespace SoraCluster.Simulation.Workers;

/// <summary>A process that runs the real worker on a simulated device, over lines and disks that fail.</summary>
public sealed class SimWorker
{
    private static readonly WorkerInstruments Unread = new(new NoMeters());

    private readonly SimCluster cluster;
    private readonly TimeSpan reportPause;
    private readonly Dictionary<string, Lease> leases = [];
    private CancellationTokenSource stop = new();
    private SimEngine engine = null!;

    public SimWorker(SimCluster cluster, int number)
    {
        this.cluster = cluster;
        reportPause = number % 2 == 0 ? TimeSpan.Zero : cluster.Settings.ReportPause;
        Process = new(cluster.World, $"worker-{number}", 100 + number);
        Boot();
    }

    public SimProcess Process { get; }

    /// <summary>A new one with every life.</summary>
    public string Name { get; private set; } = "";

    /// <summary>The clips in its memory, with the newest lease that it has for each.</summary>
    public IEnumerable<(SimRun Run, Lease Lease)> InHand =>
        engine.Open.Where(r => leases.ContainsKey(r.Spec.Id)).Select(r => (r, leases[r.Spec.Id]));

    public void Kill()
    {
        cluster.Checks.WorkerKilled(this);
        Process.Kill();
    }

    /// <summary>As Ctrl-C does: it gives back what it has and ends.</summary>
    public void Stop() => cluster.World.After(TimeSpan.Zero, Process, stop.Cancel);

    public void Restart()
    {
        if (!Process.Alive)
        {
            Process.Restart();
            Boot();
        }
    }

    internal void DieOf(SimRun killer)
    {
        cluster.Checks.Poisoned(this, killer);
        Kill();
        RestartWithin(TimeSpan.FromSeconds(4));
    }

    private void Boot()
    {
        leases.Clear();
        stop = new();
        Name = $"{Process.Name}.{Process.Life}";
        engine = new(cluster, this);
        var clock = new SimClock(cluster.World, Process);
        var loop = new WorkerLoop(
            new SimWire(cluster, Process, lease => leases[lease.JobId] = lease),
            new SimArtifactStore(cluster.Files, cluster.Disk, Process),
            engine,
            new(),
            Options(),
            clock,
            Unread,
            NullLogger<WorkerLoop>.Instance,
            new SimTurns(cluster.World, Process));
        Process.Start(async () =>
        {
            await loop.RunAsync(stop.Token);
            Process.Kill();
            RestartWithin(TimeSpan.FromSeconds(10));
        });
    }

    private WorkerOptions Options() => new()
    {
        WorkerId = Name,
        MaxJobs = cluster.Settings.Room,
        CheckpointEvery = cluster.Settings.Bug is PlantedBug.LateCheckpoints ? 50 : cluster.Settings.CheckpointEvery,
        CheckpointWorth = TimeSpan.Zero,
        ReportPause = reportPause,
        PullWait = TimeSpan.FromSeconds(3),
        StoreRetryFor = TimeSpan.FromHours(1),
        StopLimit = TimeSpan.FromSeconds(15),
    };

    private void RestartWithin(TimeSpan most) =>
        cluster.World.After(most * cluster.World.Random.NextDouble(), cluster.Operator, Restart);

    private sealed class NoMeters : System.Diagnostics.Metrics.IMeterFactory
    {
        public System.Diagnostics.Metrics.Meter Create(System.Diagnostics.Metrics.MeterOptions options) => new(options);

        public void Dispose()
        {
        }
    }
}
