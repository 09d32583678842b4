namespace SoraCluster.Domain.Jobs;

/// <summary>
/// The durable lists of jobs: those not ended (so that none is ever forgotten) and those of each owner (so that they can be
/// paged through). All calls are idempotent.
/// </summary>
public interface IJobIndex
{
    /// <summary>
    /// Lists a job as unfinished. One that is listed, finished or not, stays as it is, but for the attempt: the highest is kept.
    /// </summary>
    Task AddAsync(JobIndexEntry entry);

    /// <summary>The job has ended and is settled: it leaves the unfinished list and stays in its owner's.</summary>
    Task MarkFinishedAsync(string jobId, DateTimeOffset? expiresAt);

    /// <summary>The job is gone: it leaves both, unless a later attempt than <paramref name="attempt"/> has listed it since.</summary>
    Task RemoveAsync(string jobId, int attempt = int.MaxValue);

    /// <summary>All unfinished jobs, oldest first.</summary>
    IAsyncEnumerable<JobIndexEntry> ListUnfinishedAsync(CancellationToken cancellation = default);

    /// <summary>Finished jobs whose time is up, oldest first.</summary>
    IAsyncEnumerable<JobIndexEntry> ListExpiredAsync(DateTimeOffset now, CancellationToken cancellation = default);

    /// <summary>A page of an owner's jobs in order of creation, stable while new ones arrive.</summary>
    Task<JobPage> ListByOwnerAsync(JobPageRequest request);
}
