namespace SoraCluster.Domain.Steps.Scheduling;

/// <summary>A lease that is out.</summary>
internal sealed class LeaseState(WaitingJob job, WorkerState worker, ShareFlow flow, TimeSpan now, long sequence)
{
    public QueueEntry Entry { get; } = job.Entry;
    public TimeSpan Since { get; } = job.Since;
    public WorkerState Worker { get; } = worker;
    public ShareFlow Flow { get; } = flow;
    public long Sequence { get; } = sequence;

    /// <summary>0 until the job has issued it.</summary>
    public long Token { get; set; }

    public TimeSpan GrantedAt { get; } = now;
    public TimeSpan HeardAt { get; set; }
    public TimeSpan ExpiresAt { get; set; }

    /// <summary>Steps still to run as last reported, and when the lease began.</summary>
    public int Remaining { get; set; } = job.Entry.Steps;
    public int AtStart { get; } = job.Entry.Steps;

    public double RemainingCost => Remaining * Entry.CostPerStep;

    /// <summary>Steps charged to the owner and not yet run.</summary>
    public int Prepaid { get; set; }

    public bool YieldAsked { get; set; }

    public ServiceClass Level => Flow.Lane.Level;

    public int Done => AtStart - Remaining;

    /// <summary>Steps of a quantum.</summary>
    public int Quantum(QueueOptions options) => (int)Math.Clamp(
        options.Quantum.TotalSeconds / Math.Max(1e-9, Entry.CostPerStep), 1, Math.Max(1, AtStart));
}
