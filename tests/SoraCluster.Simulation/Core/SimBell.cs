using SoraCluster.Domain.Steps;

namespace SoraCluster.Simulation.Core;

/// <summary>A bell whose rings are happenings of the world, so that who is woken first is drawn from the seed.</summary>
public sealed class SimBell(SimWorld world, SimProcess process) : IQueueBell
{
    private readonly Dictionary<string, long> rings = [];
    private readonly List<(IReadOnlyCollection<string> Queues, TaskCompletionSource Woken)> waiters = [];

    public long Rings(string queue) => rings.GetValueOrDefault(queue);

    public void Ring(string queue)
    {
        rings[queue] = Rings(queue) + 1;
        foreach (var waiter in waiters.Where(w => w.Queues.Contains(queue)).ToArray())
        {
            waiters.Remove(waiter);
            world.After(TimeSpan.Zero, process, () => waiter.Woken.TrySetResult());
        }
    }

    public async Task WaitAsync(IReadOnlyDictionary<string, long> seen, TimeSpan timeout, CancellationToken cancellation)
    {
        if (seen.Any(s => Rings(s.Key) > s.Value))
        {
            return;
        }

        var waiter = ((IReadOnlyCollection<string>)[.. seen.Keys], new TaskCompletionSource());
        waiters.Add(waiter);
        world.After(timeout, process, () => waiter.Item2.TrySetResult());
        await waiter.Item2.Task;
        waiters.Remove(waiter);
    }
}
