using SoraCluster.Domain.Jobs;
using SoraCluster.Domain.State;
using SoraCluster.Domain.Steps;
using SoraCluster.Silo.Jobs;
using SoraCluster.Silo.Messages;

namespace SoraCluster.Silo.Steps;

/// <summary>From jobs to queues by grain calls that nobody waits for; a queue that was activated empty rings for the sweep.</summary>
public sealed class ClusterQueueSignal(IEntities entities, IGrainFactory grains, IQueueBell bell, QueueOptions options) : IQueueSignal
{
    private readonly QueueSignal calls = new(entities, bell, options);

    public void Announce(QueueEntry entry) => calls.Announce(entry);

    public void Withdraw(JobSpec spec) => calls.Withdraw(spec);

    public void Rebuild(string queue) => Hints.Send(() => grains.GetGrain<ISweepGrain>(ISweepGrain.Key).RingAsync());
}
