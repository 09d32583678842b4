namespace SoraCluster.Domain.Jobs;

/// <summary>
/// Tells watchers that a job changed. A hint: events may be dropped or repeated, and a watcher that must be sure reads the job.
/// </summary>
public interface IJobEvents
{
    void Publish(JobSnapshot snapshot);

    /// <summary>Snapshots as they are published, the newest replacing those not yet read; ends with the job.</summary>
    IAsyncEnumerable<JobSnapshot> WatchAsync(string jobId, CancellationToken cancellation);
}
