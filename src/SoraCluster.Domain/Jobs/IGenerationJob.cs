namespace SoraCluster.Domain.Jobs;

/// <summary>
/// One clip from request to end: the truth about it. Key: the job id. Whatever a worker says is fenced: a call whose token
/// is not the current one changes nothing and answers <see cref="LeaseAnswer.Lost"/>.
/// </summary>
public interface IGenerationJob
{
    /// <summary>Accepts the job durably, once: ask, index, reserve the owner's slot, save, announce. Safe to repeat and to interrupt.</summary>
    /// <returns>The job, or the refusal (allowance, idempotency conflict). A refused job leaves nothing behind.</returns>
    Task<SubmitAnswer> SubmitAsync(JobSpec spec);

    /// <summary>The job now, or null when there is none (never accepted, or deleted).</summary>
    Task<JobSnapshot?> GetAsync();

    /// <summary>Ends the job as cancelled; its worker stops at the next step. An ended job stays as it ended.</summary>
    Task<JobSnapshot?> CancelAsync();

    /// <summary>Cancels if running, then forgets the job and its artifacts.</summary>
    /// <returns>False when there was none.</returns>
    Task<bool> DeleteAsync();

    /// <summary>Gives the job to a worker under a new fencing token, durably; null when there is nothing to run.</summary>
    Task<LeaseGrant?> AcquireAsync(AcquireLease request);

    /// <summary>Progress within a lease; kept in memory, published to watchers. The first one makes the job in progress.</summary>
    Task<LeaseAnswer> ReportAsync(StepProgress progress);

    /// <summary>A checkpoint was stored: a lost worker costs at most the steps after it.</summary>
    Task<LeaseAnswer> CheckpointAsync(CheckpointSaved checkpoint);

    /// <summary>The worker gives the job back (yield, drain, shutdown) or its lease ran out; it goes back in line.</summary>
    Task<LeaseAnswer> ReleaseAsync(ReleaseLease release);

    /// <summary>The clip is stored: the job is completed, exactly once.</summary>
    Task<LeaseAnswer> CompleteAsync(JobCompleted completed);

    /// <summary>The job cannot be done: it fails with a reason, exactly once, and the slot is given back.</summary>
    Task<LeaseAnswer> FailAsync(JobFailed failed);

    /// <summary>
    /// The sweep's call: finishes or undoes whatever a crash interrupted (submitting, settling, indexing, deleting) and announces
    /// an unfinished job again.
    /// </summary>
    /// <param name="entry">What the index has of the job; the job itself may not have come to be stored.</param>
    Task RecoverAsync(JobIndexEntry entry);
}
