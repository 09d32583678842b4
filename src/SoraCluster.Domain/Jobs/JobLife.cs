namespace SoraCluster.Domain.Jobs;

/// <summary>Whether there is a job under an id.</summary>
public enum JobLife
{
    /// <summary>There is.</summary>
    Accepted,

    /// <summary>Its submission was interrupted and undone; the same id may be submitted again.</summary>
    Abandoned,

    /// <summary>It is being deleted: nobody sees it, its artifacts may still be there.</summary>
    Deleting,

    /// <summary>It was deleted; kept so that neither a late submission nor its idempotency key brings it back.</summary>
    Deleted,
}
