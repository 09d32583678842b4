namespace SoraCluster.Domain.Steps;

/// <summary>
/// Hands runnable jobs to workers. Key: the pack (and shard). It is fast and forgets: everything in it can be rebuilt from the
/// unfinished jobs, and correctness never depends on it.
/// </summary>
public interface IStepQueue
{
    /// <summary>A job can run. Repeats change nothing.</summary>
    Task AnnounceAsync(QueueEntry entry);

    /// <summary>A job cannot run any more (cancelled, deleted).</summary>
    Task WithdrawAsync(string jobId);

    /// <summary>Leases for a worker, at once and possibly none; the jobs' entities issue the tokens.</summary>
    Task<PullAnswer> PullAsync(PullRequest request);

    /// <summary>What happened to a worker's leases since its last report; also its heartbeat.</summary>
    Task<ReportAnswer> ReportAsync(WorkerReport report);

    /// <summary>Expires silent leases and ages what waits; called by a timer.</summary>
    Task TickAsync();

    Task<QueueStatus> GetStatusAsync();

    /// <summary>Why a job waits, or how it came to run; null when the queue knows nothing of it.</summary>
    Task<WaitExplanation?> ExplainAsync(string jobId);

    /// <summary>Stops giving out leases, durably; those given run on.</summary>
    Task PauseAsync();

    Task ResumeAsync();

    /// <summary>Gives a worker no more leases and asks for those it has, durably; or ends that.</summary>
    Task DrainAsync(string workerId, bool drain);

    /// <summary>Puts a waiting job at the head of its class, or at the end of its owner's jobs.</summary>
    /// <returns>False when it does not wait here.</returns>
    Task<bool> ReorderAsync(string jobId, QueuePlacement placement);
}
