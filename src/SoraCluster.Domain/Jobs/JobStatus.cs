namespace SoraCluster.Domain.Jobs;

/// <summary><c>queued → in_progress → completed | failed | cancelled</c>; the last three are final.</summary>
public enum JobStatus
{
    Queued,
    InProgress,
    Completed,
    Failed,
    Cancelled,
}
