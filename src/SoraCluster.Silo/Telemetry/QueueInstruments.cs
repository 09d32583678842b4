using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using SoraCluster.Domain.Steps;

namespace SoraCluster.Silo.Telemetry;

/// <summary>What the queues that live on this silo hold; each tells its status with every tick. No label holds a user or a job.</summary>
public sealed class QueueInstruments : IDisposable
{
    public const string Name = "SoraCluster.Queue";

    private readonly Meter meter;
    private readonly ConcurrentDictionary<string, QueueStatus> queues = new();

    public QueueInstruments(IMeterFactory meters)
    {
        meter = meters.Create(Name);
        meter.CreateObservableGauge("sora.queue.depth", Depths, "{job}", "Jobs that wait, by queue and class.");
        meter.CreateObservableGauge("sora.queue.oldest", Ages, "s", "Age of the oldest job that waits, by queue and class.");
        meter.CreateObservableGauge("sora.queue.leased", () => Each(q => q.Leased), "{job}", "Jobs under lease, by queue.");
        meter.CreateObservableGauge("sora.queue.workers", () => Each(q => q.Workers.Count), "{worker}", "Workers that the queue knows.");
    }

    public void Dispose() => meter.Dispose();

    internal void Observe(QueueStatus status) => queues[status.Queue] = status;

    /// <summary>The queue has left this silo.</summary>
    internal void Forget(string queue) => queues.TryRemove(queue, out _);

    private IEnumerable<Measurement<int>> Depths() =>
        queues.Values.SelectMany(q => q.Waiting.Select(w => new Measurement<int>(w.Value, Labels(q, w.Key))));

    private IEnumerable<Measurement<double>> Ages() =>
        queues.Values.SelectMany(q => q.OldestWait.Select(w => new Measurement<double>(w.Value.TotalSeconds, Labels(q, w.Key))));

    private IEnumerable<Measurement<int>> Each(Func<QueueStatus, int> value) =>
        queues.Values.Select(q => new Measurement<int>(value(q), Queue(q)));

    private static KeyValuePair<string, object?>[] Labels(QueueStatus queue, ServiceClass serviceClass) =>
        [Queue(queue), new("class", JobInstruments.Label(serviceClass))];

    private static KeyValuePair<string, object?> Queue(QueueStatus queue) => new("queue", queue.Queue);
}
