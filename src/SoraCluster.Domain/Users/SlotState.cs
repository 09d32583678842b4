namespace SoraCluster.Domain.Users;

public enum SlotState
{
    /// <summary>The job has not ended: it counts.</summary>
    Held,

    /// <summary>The job completed: it counts.</summary>
    Kept,

    /// <summary>Given back: it counts no more, and is remembered so that a late reservation cannot take it again.</summary>
    Returned,
}
