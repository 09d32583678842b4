namespace SoraCluster.Domain.Steps;

/// <summary>The queue as a worker sees it. In process, over HTTP and over Orleans are the three implementations.</summary>
public interface IStepSource
{
    /// <summary>Leases that fit the request; waits up to <see cref="PullRequest.Wait"/> for the first one.</summary>
    Task<PullAnswer> PullAsync(PullRequest request, CancellationToken cancellation);

    Task<ReportAnswer> ReportAsync(WorkerReport report, CancellationToken cancellation);
}
