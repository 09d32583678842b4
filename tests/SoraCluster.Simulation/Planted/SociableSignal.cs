using SoraCluster.Domain.Jobs;
using SoraCluster.Domain.Steps;

namespace SoraCluster.Simulation.Planted;

/// <summary>Half of the bug: the queue is not told that a job killed its worker.</summary>
internal sealed class SociableSignal(IQueueSignal signal) : IQueueSignal
{
    public void Announce(QueueEntry entry) => signal.Announce(entry with { Alone = false });

    public void Withdraw(JobSpec spec) => signal.Withdraw(spec);

    public void Rebuild(string queue) => signal.Rebuild(queue);
}
