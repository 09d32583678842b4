namespace SoraCluster.Domain.Steps.Scheduling;

/// <summary>A job in line.</summary>
/// <param name="entry">What it is.</param>
/// <param name="since">When its wait began, on the scheduler's clock; before its start if it waited elsewhere.</param>
/// <param name="sequence">Breaks ties: the order of arrival here.</param>
internal sealed class WaitingJob(QueueEntry entry, TimeSpan since, long sequence)
{
    /// <summary>The key under which jobs that run alone stand: they fit no batch, only an empty worker.</summary>
    public const string AloneKey = "\0alone";

    public QueueEntry Entry { get; } = entry;
    public TimeSpan Since { get; } = since;
    public long Sequence { get; } = sequence;
    public string Key { get; } = entry.Alone ? AloneKey : entry.BatchKey;

    /// <summary>The class it stands in now: its own, or a higher one once it has aged.</summary>
    public ServiceClass Level { get; set; } = entry.Class;

    /// <summary>When it moves up one class; never from the highest.</summary>
    public TimeSpan AgesAt { get; set; }

    /// <summary>When it should be under way; null without a deadline.</summary>
    public TimeSpan? Deadline { get; set; }

    /// <summary>Place among its owner's jobs: when its wait began, unless an operator moved it.</summary>
    public long Order { get; set; } = since.Ticks;

    public bool First { get; set; }

    /// <summary>An operator gave it its place, which it keeps however short it is.</summary>
    public bool Moved => Order != Since.Ticks;

    /// <summary>Since when it was its turn and no worker that asked had room for it.</summary>
    public TimeSpan? BlockedSince { get; set; }

    /// <summary>Since when its owner's younger jobs joined batches in its place.</summary>
    public TimeSpan? PassedSince { get; set; }

    /// <summary>Since when much shorter jobs went first although it was its turn.</summary>
    public TimeSpan? OvertakenSince { get; set; }

    /// <summary>The lease that was asked back so that it can run.</summary>
    public LeaseState? RoomFrom { get; set; }

    /// <summary>Workers that have not room for it even when empty.</summary>
    public HashSet<string>? TooBigFor { get; set; }

    /// <summary>The worker that takes nothing until this job fits.</summary>
    public WorkerState? KeptBy { get; set; }

    public ShareFlow Flow { get; set; } = null!;
}
