using System.Collections.Concurrent;

namespace SoraCluster.Domain.Jobs;

/// <summary>
/// Job events within this process. Each watcher holds the newest snapshot it has not read and nothing else, so a slow one
/// costs no memory and delays nobody.
/// </summary>
/// <remarks>
/// A watch begins when <see cref="WatchAsync"/> is called, not when it is first read: watch, then read the job, then go on
/// with the watch, and nothing is missed in between.
/// </remarks>
public sealed class LocalJobEvents : IJobEvents
{
    private readonly ConcurrentDictionary<string, Watcher[]> watchers = new();

    public void Publish(JobSnapshot snapshot)
    {
        if (!watchers.TryGetValue(snapshot.Spec.Id, out var listening))
        {
            return;
        }

        foreach (var watcher in listening)
        {
            watcher.Offer(snapshot);
        }

        if (snapshot.Ended)
        {
            watchers.TryRemove(snapshot.Spec.Id, out _);
        }
    }

    public IAsyncEnumerable<JobSnapshot> WatchAsync(string jobId, CancellationToken cancellation)
    {
        var watcher = new Watcher(this, jobId, cancellation);
        watchers.AddOrUpdate(jobId, _ => [watcher], (_, others) => [.. others, watcher]);
        return watcher;
    }

    /// <summary>Jobs watched now.</summary>
    public int WatchedCount => watchers.Count;

    public bool IsWatched(string jobId) => watchers.ContainsKey(jobId);

    private void Remove(string jobId, Watcher watcher)
    {
        while (watchers.TryGetValue(jobId, out var listening))
        {
            Watcher[] left = [.. listening.Where(w => w != watcher)];
            if (left.Length == 0 ? watchers.TryRemove(new(jobId, listening)) : watchers.TryUpdate(jobId, left, listening))
            {
                return;
            }
        }
    }

    private sealed class Watcher(LocalJobEvents events, string jobId, CancellationToken cancellation) : IAsyncEnumerable<JobSnapshot>
    {
        private readonly SemaphoreSlim arrived = new(0, 1);
        private readonly Lock gate = new();
        private JobSnapshot? unread;
        private long newest = -1;

        /// <summary>Keeps the snapshot if it is newer than what was offered before.</summary>
        public void Offer(JobSnapshot snapshot)
        {
            lock (gate)
            {
                if (snapshot.Version <= newest)
                {
                    return;
                }

                newest = snapshot.Version;
                if (unread is null)
                {
                    arrived.Release();
                }

                unread = snapshot;
            }
        }

        public async IAsyncEnumerator<JobSnapshot> GetAsyncEnumerator(CancellationToken cancellationToken = default)
        {
            using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellation, cancellationToken);
            try
            {
                for (var ended = false; !ended;)
                {
                    await arrived.WaitAsync(both.Token);
                    var snapshot = Take();
                    ended = snapshot.Ended;
                    yield return snapshot;
                }
            }
            finally
            {
                events.Remove(jobId, this);
            }
        }

        private JobSnapshot Take()
        {
            lock (gate)
            {
                var taken = unread!;
                unread = null;
                return taken;
            }
        }
    }
}
