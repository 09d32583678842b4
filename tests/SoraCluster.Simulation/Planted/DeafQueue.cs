using SoraCluster.Domain.Steps;

namespace SoraCluster.Simulation.Planted;

/// <summary>The bug: the queue does not hear of one user's jobs.</summary>
internal sealed class DeafQueue(IStepQueue queue) : IStepQueue
{
    public Task AnnounceAsync(QueueEntry entry) => entry.Owner == "user-0" ? Task.CompletedTask : queue.AnnounceAsync(entry);

    public Task WithdrawAsync(string jobId) => queue.WithdrawAsync(jobId);

    public Task<PullAnswer> PullAsync(PullRequest request) => queue.PullAsync(request);

    public Task<ReportAnswer> ReportAsync(WorkerReport report) => queue.ReportAsync(report);

    public Task TickAsync() => queue.TickAsync();

    public Task<QueueStatus> GetStatusAsync() => queue.GetStatusAsync();

    public Task<WaitExplanation?> ExplainAsync(string jobId) => queue.ExplainAsync(jobId);

    public Task PauseAsync() => queue.PauseAsync();

    public Task ResumeAsync() => queue.ResumeAsync();

    public Task DrainAsync(string workerId, bool drain) => queue.DrainAsync(workerId, drain);

    public Task<bool> ReorderAsync(string jobId, QueuePlacement placement) => queue.ReorderAsync(jobId, placement);
}
