using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace SoraCluster.Worker;

/// <summary>What a worker measures. No label holds a user, a job or a prompt.</summary>
public sealed class WorkerInstruments : IDisposable
{
    /// <summary>Name of the meter and of the activity source.</summary>
    public const string Name = "SoraCluster.Worker";

    internal static readonly ActivitySource Activities = new(Name);

    private readonly Meter meter;
    private Func<IEnumerable<Measurement<int>>> jobs = () => [];
    private Func<long> latentBytes = () => 0;

    public WorkerInstruments(IMeterFactory meters)
    {
        meter = meters.Create(Name);
        StepDuration = meter.CreateHistogram<double>("sora.worker.step.duration", "s", "Device time of one forward pass.");
        BatchRows = meter.CreateHistogram<int>("sora.worker.batch.rows", "{row}", "Rows that shared a forward pass.");
        Steps = meter.CreateCounter<long>("sora.worker.steps", "{step}", "Steps taken, each job's counted.");
        StepsRedone = meter.CreateCounter<long>(
            "sora.worker.steps.redone", "{step}", "Steps taken again because a checkpoint was damaged or missing.");
        PassFailures = meter.CreateCounter<long>("sora.worker.pass.failures", "{pass}", "Forward passes that failed as a whole.");
        CheckpointDuration = meter.CreateHistogram<double>(
            "sora.worker.checkpoint.duration", "s", "From the snapshot to the acknowledgement.");
        CheckpointBytes = meter.CreateHistogram<long>("sora.worker.checkpoint.bytes", "By", "Size of a checkpoint.");
        StoreRetries = meter.CreateCounter<long>("sora.worker.store.retries", "{try}", "Failed tries of the artifact store.");
        FinishDuration = meter.CreateHistogram<double>("sora.worker.finish.duration", "s", "Decoding and packaging one clip.");
        ReportDuration = meter.CreateHistogram<double>("sora.worker.report.duration", "s", "Round trip of a report.");
        ReportFailures = meter.CreateCounter<long>("sora.worker.report.failures", "{report}", "Reports that got no answer.");
        Leases = meter.CreateCounter<long>("sora.worker.leases", "{lease}", "Leases taken, by how they ended.");
        meter.CreateObservableGauge("sora.worker.jobs", () => jobs(), "{job}", "Jobs in hand, by stage.");
        meter.CreateObservableGauge("sora.worker.latents.bytes", () => latentBytes(), "By", "Memory held by clips in hand.");
    }

    internal Histogram<double> StepDuration { get; }

    internal Histogram<int> BatchRows { get; }

    internal Counter<long> Steps { get; }

    internal Counter<long> StepsRedone { get; }

    internal Counter<long> PassFailures { get; }

    internal Histogram<double> CheckpointDuration { get; }

    internal Histogram<long> CheckpointBytes { get; }

    internal Counter<long> StoreRetries { get; }

    internal Histogram<double> FinishDuration { get; }

    internal Histogram<double> ReportDuration { get; }

    internal Counter<long> ReportFailures { get; }

    internal Counter<long> Leases { get; }

    public void Dispose() => meter.Dispose();

    /// <summary>Lets the gauges look at a worker; what they call must be safe on any thread.</summary>
    internal void Observe(Func<IEnumerable<Measurement<int>>> jobsByStage, Func<long> bytes)
    {
        jobs = jobsByStage;
        latentBytes = bytes;
    }
}
