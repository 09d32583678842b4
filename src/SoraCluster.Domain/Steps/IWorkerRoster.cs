namespace SoraCluster.Domain.Steps;

/// <summary>
/// What the host knows of workers beyond their heartbeats: one of an earlier life of this process, or of a node that left the
/// cluster, is dead, and its leases need not run out before others get the jobs.
/// </summary>
public interface IWorkerRoster
{
    /// <summary>True only when the worker certainly runs no more; false when in doubt.</summary>
    bool IsDead(string workerId);
}
