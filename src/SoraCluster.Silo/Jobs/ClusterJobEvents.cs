using SoraCluster.Domain.Jobs;
using SoraCluster.Silo.Messages;
using SoraCluster.Silo.Telemetry;

namespace SoraCluster.Silo.Jobs;

/// <summary>
/// Job events across the cluster. A job publishes on the silo where it lives; a process in which somebody watches has told the
/// job so, and is sent every snapshot. It tells again every few seconds, since the job may have moved.
/// </summary>
public sealed class ClusterJobEvents(
    Listeners<IJobObserver> listeners, IGrainFactory grains, JobInstruments instruments, TimeProvider clock) : IJobEvents, IJobObserver
{
    private readonly LocalJobEvents here = new();
    private readonly Lock gate = new();
    private IJobObserver? self;

    /// <summary>This process as jobs see it. Made at the first watch: by then the silo has started.</summary>
    private IJobObserver Self
    {
        get
        {
            lock (gate)
            {
                return self ??= grains.CreateObjectReference<IJobObserver>(this);
            }
        }
    }

    public void Publish(JobSnapshot snapshot)
    {
        var job = snapshot.Spec.Id;
        foreach (var listener in listeners.Of(job))
        {
            Hints.Send(() => listener.ChangedAsync(snapshot));
        }

        if (snapshot.Ended)
        {
            listeners.Remove(job);
            instruments.Ended(snapshot);
        }
    }

    public Task ChangedAsync(JobSnapshot snapshot)
    {
        here.Publish(snapshot);
        return Task.CompletedTask;
    }

    public IAsyncEnumerable<JobSnapshot> WatchAsync(string jobId, CancellationToken cancellation)
    {
        var watch = here.WatchAsync(jobId, cancellation);
        _ = ListenAsync(jobId, cancellation);
        return watch;
    }

    private async Task ListenAsync(string jobId, CancellationToken cancellation)
    {
        try
        {
            var job = grains.GetGrain<IGenerationJobGrain>(jobId);
            do
            {
                Hints.Send(() => job.ListenAsync(Self));
                await Task.Delay(Listeners<IJobObserver>.RenewEvery, clock, cancellation);
            }
            while (here.IsWatched(jobId));
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // Nobody watches any more.
        }
    }
}
