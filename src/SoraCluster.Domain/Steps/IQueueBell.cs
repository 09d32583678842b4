namespace SoraCluster.Domain.Steps;

/// <summary>
/// Wakes those who wait for work in a queue. A hint: rings may be lost or needless, and a waiter also looks by itself from
/// time to time.
/// </summary>
public interface IQueueBell
{
    /// <summary>How often the queue's bell has rung so far: read before looking, handed to <see cref="WaitAsync"/> after.</summary>
    long Rings(string queue);

    void Ring(string queue);

    /// <summary>Returns when the bell of one of the queues has rung more often than was seen, or the time is up.</summary>
    Task WaitAsync(IReadOnlyDictionary<string, long> seen, TimeSpan timeout, CancellationToken cancellation);
}
