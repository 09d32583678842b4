namespace SoraCluster.Domain.Steps.Scheduling;

/// <param name="WorkerLives">
/// The worker has reported since, only not this job: the answer that gave it the lease was lost, and the job killed nobody.
/// </param>
public sealed record ExpiredLease(string JobId, long Token, string WorkerId, bool WorkerLives);
