namespace SoraCluster.Domain.Steps.Scheduling;

/// <summary>
/// Decides which worker runs which job next. Pure and synchronous: it has no clock, no randomness and no tasks; the same calls
/// give the same answers. Times are on a clock of the caller's that never goes backwards. Each decision costs O(log n) in the
/// jobs that wait, times the number of batch keys among them.
/// </summary>
public sealed partial class StepScheduler
{
    private readonly QueueOptions options;
    private readonly ClassLane[] lanes = [new(ServiceClass.Priority), new(ServiceClass.Standard), new(ServiceClass.Relaxed)];
    private readonly SortedSet<WaitingJob>[] byClass = [new(Orders.BySince), new(Orders.BySince), new(Orders.BySince)];
    private readonly Dictionary<string, WaitingJob> waiting = [];
    private readonly Dictionary<string, SortedSet<WaitingJob>> held = [];
    private readonly Dictionary<string, WaitingJob> delayed = [];
    private readonly PriorityQueue<WaitingJob, TimeSpan> delays = new();
    private readonly Dictionary<string, LeaseState> leases = [];
    private readonly SortedSet<LeaseState> byExpiry = new(Orders.ByExpiry);
    private readonly Dictionary<string, WorkerState> workers = [];
    private readonly Dictionary<string, int> running = [];
    private readonly HashSet<string> draining = [];
    private readonly DecisionLog log;
    private long sequence;
    private int yielding;
    private int room;

    public StepScheduler(QueueOptions options)
    {
        this.options = options;
        log = new(options.DecisionsKept);
    }

    public bool Paused { get; set; }

    /// <summary>Jobs in line, those to be offered again later included.</summary>
    public int Waiting => waiting.Count + delayed.Count;

    public int Leased => leases.Count;

    public IReadOnlyCollection<string> Workers => workers.Keys;

    public int WaitingOf(ServiceClass @class) => byClass[(int)@class].Count;

    public TimeSpan OldestWaitOf(ServiceClass @class, TimeSpan now) =>
        byClass[(int)@class].Min is { } oldest ? now - oldest.Since : TimeSpan.Zero;

    /// <summary>
    /// A job can run, or runs under a lease that may have been forgotten here. What is older than what is known (by token, and
    /// by whether that lease has ended) changes nothing, so announcements may be repeated and overtake each other.
    /// </summary>
    /// <param name="waited">For how long it has waited already.</param>
    /// <param name="silent">If it is leased: for how long its worker may have been silent.</param>
    /// <returns>True when it came into line.</returns>
    public bool Announce(QueueEntry entry, TimeSpan now, TimeSpan waited, TimeSpan silent = default)
    {
        if (Known(entry.JobId) is { } known && !IsNewer(entry, known.Token, known.Leased))
        {
            return false;
        }

        Withdraw(entry.JobId);
        var job = new WaitingJob(entry, now - waited, sequence++);
        if (entry.Leased && entry.HeldBy is { } worker)
        {
            Adopt(job, worker, now, silent);
            return false;
        }

        Enqueue(job);
        return true;
    }

    /// <summary>A job cannot run any more; its lease, if it has one, is over.</summary>
    public bool Withdraw(string jobId)
    {
        if (waiting.TryGetValue(jobId, out var job))
        {
            Dequeue(job);
            return true;
        }

        if (leases.TryGetValue(jobId, out var lease))
        {
            End(lease);
            return true;
        }

        return delayed.Remove(jobId);
    }

    private (long Token, bool Leased)? Known(string jobId)
    {
        if (leases.TryGetValue(jobId, out var lease))
        {
            return (lease.Token, true);
        }

        return waiting.TryGetValue(jobId, out var job) || delayed.TryGetValue(jobId, out job) ? (job.Entry.Token, false) : null;
    }

    private static bool IsNewer(QueueEntry entry, long token, bool leased) =>
        entry.Token > token || (entry.Token == token && leased && !entry.Leased);

    private void Enqueue(WaitingJob job)
    {
        job.Deadline = job.Entry is { HeldBy: null, Alone: false } ? job.Since + DeadlineOf(job.Entry.Class) : null;
        waiting.Add(job.Entry.JobId, job);
        byClass[(int)job.Entry.Class].Add(job);
        if (job.Entry.HeldBy is { } holder)
        {
            (held.TryGetValue(holder, out var jobs) ? jobs : held[holder] = new(Orders.ByPlace)).Add(job);
        }

        Line(job);
    }

    /// <param name="seconds">What its owner is charged for leaving.</param>
    private void Dequeue(WaitingJob job, double seconds = 0)
    {
        waiting.Remove(job.Entry.JobId);
        byClass[(int)job.Entry.Class].Remove(job);
        if (job.Entry.HeldBy is { } holder && held.TryGetValue(holder, out var jobs))
        {
            jobs.Remove(job);
            if (jobs.Count == 0)
            {
                held.Remove(holder);
            }
        }

        if (job.KeptBy is { } keeper)
        {
            Keep(keeper, null);
        }

        lanes[(int)job.Level].Remove(job, seconds);
    }

    private void Line(WaitingJob job)
    {
        job.AgesAt = job.Since + (job.Entry.Class, job.Level) switch
        {
            (ServiceClass.Relaxed, ServiceClass.Relaxed) => options.RelaxedAges,
            (ServiceClass.Relaxed, _) => options.RelaxedAges + options.StandardAges,
            _ => options.StandardAges,
        };
        lanes[(int)job.Level].Add(job, IsAtLimit(job.Entry.Owner));
    }

    /// <summary>Moves up who has waited long, and puts back in line who was to be offered again.</summary>
    /// <returns>True when somebody came back.</returns>
    public bool Age(TimeSpan now)
    {
        var returned = false;
        while (delays.TryPeek(out var due, out var at) && at <= now)
        {
            delays.Dequeue();
            if (delayed.TryGetValue(due.Entry.JobId, out var job) && job == due)
            {
                delayed.Remove(due.Entry.JobId);
                Enqueue(due);
                returned = true;
            }
        }

        for (var level = ServiceClass.Relaxed; level > ServiceClass.Priority; level--)
        {
            while (lanes[(int)level].OldestToAge is { } job && job.AgesAt <= now)
            {
                lanes[(int)level].Remove(job);
                job.Level = level - 1;
                Line(job);
                log.Add(now, job.Entry.JobId, DecisionReason.Aged, null, now - job.Since);
            }
        }

        return returned;
    }

    private TimeSpan? DeadlineOf(ServiceClass @class) => @class switch
    {
        ServiceClass.Priority => options.PriorityDeadline,
        ServiceClass.Standard => options.StandardDeadline,
        _ => options.RelaxedDeadline,
    };

    private bool IsAtLimit(string owner) => running.GetValueOrDefault(owner) >= options.MaxRunningPerUser;
}
