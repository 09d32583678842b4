using SoraCluster.Domain.Jobs;

namespace SoraCluster.Domain.Steps;

/// <summary>
/// The one way from jobs to queues. Calls return at once and are delivered later or, in a crash, never: queues wait for jobs,
/// so a job must not wait for a queue. The sweep heals what was not delivered.
/// </summary>
public interface IQueueSignal
{
    /// <summary>The job can run, or is run under a lease that its queue may have forgotten.</summary>
    void Announce(QueueEntry entry);

    /// <summary>The job cannot run any more.</summary>
    void Withdraw(JobSpec spec);

    /// <summary>A queue was activated and is empty: all unfinished jobs are to announce themselves again.</summary>
    void Rebuild(string queue);
}
