using SoraCluster.Domain.Jobs;
using SoraCluster.Domain.State;

namespace SoraCluster.Domain.Steps;

/// <summary>Calls the queue and does not wait for it.</summary>
public sealed class QueueSignal(IEntities entities, IQueueBell bell, QueueOptions options) : IQueueSignal
{
    public void Announce(QueueEntry entry) => _ = SendAsync(entry.Pack, entry.Owner, q => q.AnnounceAsync(entry));

    public void Withdraw(JobSpec spec) => _ = SendAsync(spec.Pack, spec.Owner, q => q.WithdrawAsync(spec.Id));

    public void Rebuild(string queue) => bell.Ring(Sweep.Bell);

    private async Task SendAsync(string pack, string owner, Func<IStepQueue, Task> send)
    {
        try
        {
            await send(entities.Get<IStepQueue>(QueueKeys.For(pack, owner, options.Shards)));
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // The queue was not reached; the sweep tells it again.
        }
    }
}
