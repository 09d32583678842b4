using SoraCluster.Domain.Jobs;

namespace SoraCluster.Domain.Steps;

/// <param name="BatchKey">Jobs with the same key share a forward pass: pack, shape, dtype, guidance branches.</param>
/// <param name="Steps">Denoising steps still to run.</param>
/// <param name="Cost">Expected device seconds still to spend, from the profile.</param>
/// <param name="Alone">Shares no batch: it killed a worker before.</param>
/// <param name="HeldBy">The worker that still holds its latents, if any.</param>
/// <param name="Token">Fencing token of its newest lease; 0 before the first.</param>
/// <param name="Leased">That lease has not ended: <paramref name="HeldBy"/> runs the job, as far as it knows.</param>
/// <param name="Weight">The owner's share relative to others', above 0.</param>
/// <param name="HeardAt">When its worker was last heard of for certain: the lease or a checkpoint was stored.</param>
public sealed record QueueEntry(
    string JobId,
    string Owner,
    string Pack,
    string BatchKey,
    ServiceClass Class,
    DateTimeOffset Submitted,
    int Steps,
    double Cost,
    bool Alone = false,
    string? HeldBy = null,
    long Token = 0,
    bool Leased = false,
    double Weight = 1,
    DateTimeOffset? HeardAt = null)
{
    /// <summary>Device seconds of one step.</summary>
    public double CostPerStep => Cost / Math.Max(1, Steps);
}

/// <summary>What a worker can take.</summary>
/// <param name="WorkerId">Stable for the life of the process.</param>
/// <param name="Packs">Packs it can run.</param>
/// <param name="Free">How many more jobs it has room for, 0 or more; 0 while it runs a job that shares no batch.</param>
/// <param name="ActiveKey">
/// Batch key of the jobs it is running; null when it runs nothing. Those that can join its batch are worth more.
/// </param>
/// <param name="FreeCost">
/// Device budget left, in seconds per step (compared with <see cref="QueueEntry.CostPerStep"/>); null: no limit but
/// <paramref name="Free"/>.
/// </param>
/// <param name="Wait">How long to wait for the first lease.</param>
/// <param name="Again">
/// The one who waits on the worker's behalf looks once more: no news from the worker, which may be dead by now.
/// </param>
public sealed record PullRequest(
    string WorkerId, IReadOnlyList<string> Packs, int Free, string? ActiveKey, double? FreeCost, TimeSpan Wait, bool Again = false);

public sealed record PullAnswer(IReadOnlyList<Lease> Leases, bool Draining = false);

/// <param name="Quantum">Steps to run before it is asked again whether to go on; the lease covers them.</param>
/// <param name="ExpiresIn">Without a report for this long, the lease is given to another.</param>
public sealed record Lease(LeaseGrant Grant, QueueEntry Entry, int Quantum, TimeSpan ExpiresIn)
{
    public string JobId => Grant.Spec.Id;
}

public sealed record WorkerReport(string WorkerId, IReadOnlyList<LeaseReport> Leases);

/// <summary>One lease's news; exactly one of the optional parts is set, or none for plain progress.</summary>
public sealed record LeaseReport(
    string JobId,
    long Token,
    StepProgress? Progress = null,
    CheckpointSaved? Checkpoint = null,
    ReleaseLease? Release = null,
    JobCompleted? Completed = null,
    JobFailed? Failed = null);

/// <summary>
/// One directive for each lease whose news was taken in. A lease without one was not: the job could not be reached or its
/// state not be saved; the worker goes on and sends the same news again.
/// </summary>
public sealed record ReportAnswer(IReadOnlyList<LeaseDirective> Directives);

public sealed record LeaseDirective(string JobId, long Token, Directive Directive);

public enum Directive
{
    /// <summary>Run the next quantum.</summary>
    Continue,

    /// <summary>Checkpoint at the next step boundary and give the job back: a higher class waits.</summary>
    Yield,

    /// <summary>The lease is lost or the job ended: drop it.</summary>
    Stop,
}

/// <param name="Waiting">Jobs waiting, by class.</param>
/// <param name="OldestWait">Age of the oldest waiting job, by class.</param>
public sealed record QueueStatus(
    string Queue,
    IReadOnlyDictionary<ServiceClass, int> Waiting,
    IReadOnlyDictionary<ServiceClass, TimeSpan> OldestWait,
    int Leased,
    IReadOnlyList<string> Workers,
    bool Paused = false);
