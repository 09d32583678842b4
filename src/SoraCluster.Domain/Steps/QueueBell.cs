namespace SoraCluster.Domain.Steps;

/// <summary>The bell of one process. A ring wakes everyone who waits for that queue; they look, and the first one gets the work.</summary>
public sealed class QueueBell(TimeProvider clock) : IQueueBell
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, long> rings = [];
    private readonly Dictionary<string, HashSet<TaskCompletionSource>> waiters = [];

    public long Rings(string queue)
    {
        lock (gate)
        {
            return rings.GetValueOrDefault(queue);
        }
    }

    public void Ring(string queue)
    {
        TaskCompletionSource[] woken;
        lock (gate)
        {
            rings[queue] = rings.GetValueOrDefault(queue) + 1;
            woken = waiters.Remove(queue, out var waiting) ? [.. waiting] : [];
        }

        foreach (var waiter in woken)
        {
            waiter.TrySetResult();
        }
    }

    public async Task WaitAsync(IReadOnlyDictionary<string, long> seen, TimeSpan timeout, CancellationToken cancellation)
    {
        var rung = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (gate)
        {
            if (seen.Any(s => rings.GetValueOrDefault(s.Key) > s.Value))
            {
                return;
            }

            foreach (var queue in seen.Keys)
            {
                (waiters.TryGetValue(queue, out var waiting) ? waiting : waiters[queue] = []).Add(rung);
            }
        }

        try
        {
            await rung.Task.WaitAsync(timeout, clock, cancellation);
        }
        catch (TimeoutException)
        {
            // The time is up, which is one of the two ways to return.
        }
        finally
        {
            Leave(seen.Keys, rung);
        }
    }

    private void Leave(IEnumerable<string> queues, TaskCompletionSource rung)
    {
        lock (gate)
        {
            foreach (var queue in queues)
            {
                if (waiters.TryGetValue(queue, out var waiting) && waiting.Remove(rung) && waiting.Count == 0)
                {
                    waiters.Remove(queue);
                }
            }
        }
    }
}
