using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using SoraCluster.Domain.Jobs;

namespace SoraCluster.Testing.Jobs;

/// <summary>Remembers everything that was published, in order; watchers get what there is.</summary>
public sealed class RecordingJobEvents : IJobEvents
{
    public ConcurrentQueue<JobSnapshot> Published { get; } = new();

    public IEnumerable<JobSnapshot> Of(string jobId) => Published.Where(s => s.Spec.Id == jobId);

    public void Publish(JobSnapshot snapshot) => Published.Enqueue(snapshot);

    public async IAsyncEnumerable<JobSnapshot> WatchAsync(
        string jobId, [EnumeratorCancellation] CancellationToken cancellation)
    {
        foreach (var snapshot in Of(jobId))
        {
            cancellation.ThrowIfCancellationRequested();
            yield return snapshot;
        }

        await Task.CompletedTask;
    }
}
