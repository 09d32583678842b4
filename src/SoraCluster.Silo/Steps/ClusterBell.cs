using System.Collections.Concurrent;
using SoraCluster.Domain.Steps;
using SoraCluster.Silo.Messages;

namespace SoraCluster.Silo.Steps;

/// <summary>
/// The queues' bells across the cluster. A queue rings on the silo where it lives; a process that waits for its work has told it
/// so, and rings there too. Until that is heard, the waiter looks by itself from time to time.
/// </summary>
public sealed class ClusterBell(Listeners<IBellObserver> listeners, IGrainFactory grains, TimeProvider clock) : IQueueBell, IBellObserver
{
    private readonly QueueBell here = new(clock);
    private readonly ConcurrentDictionary<string, long> told = new();
    private readonly Lock gate = new();
    private IBellObserver? self;

    private IBellObserver Self
    {
        get
        {
            lock (gate)
            {
                return self ??= grains.CreateObjectReference<IBellObserver>(this);
            }
        }
    }

    public long Rings(string queue) => here.Rings(queue);

    public void Ring(string queue)
    {
        foreach (var listener in listeners.Of(queue))
        {
            Hints.Send(() => listener.RangAsync(queue));
        }
    }

    public Task RangAsync(string queue)
    {
        here.Ring(queue);
        return Task.CompletedTask;
    }

    public Task WaitAsync(IReadOnlyDictionary<string, long> seen, TimeSpan timeout, CancellationToken cancellation)
    {
        foreach (var queue in seen.Keys)
        {
            if (!told.TryGetValue(queue, out var at) || clock.GetElapsedTime(at) > Listeners<IBellObserver>.RenewEvery)
            {
                told[queue] = clock.GetTimestamp();
                Hints.Send(() => grains.GetGrain<IStepQueueGrain>(queue).ListenAsync(Self));
            }
        }

        return here.WaitAsync(seen, timeout, cancellation);
    }
}
