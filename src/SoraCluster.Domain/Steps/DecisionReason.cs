namespace SoraCluster.Domain.Steps;

/// <summary>Why a queue did what it did with a job.</summary>
public enum DecisionReason
{
    /// <summary>Leased: its owner had the least of their share.</summary>
    Share,

    /// <summary>Leased: it joins the batch that the worker runs.</summary>
    JoinsBatch,

    /// <summary>Leased: it is much shorter than the one whose turn it was.</summary>
    Shorter,

    /// <summary>Leased: the worker still holds its latents.</summary>
    HoldsLatents,

    /// <summary>Leased: its deadline was near.</summary>
    Deadline,

    /// <summary>Leased: an operator put it first.</summary>
    Operator,

    /// <summary>Passed over: too big for the room that the worker had.</summary>
    NoRoom,

    /// <summary>Passed over: it runs alone, and the worker runs something.</summary>
    NeedsEmptyWorker,

    /// <summary>A worker takes nothing else until this job fits.</summary>
    RoomKept,

    /// <summary>Held back: its owner runs as many jobs as one may.</summary>
    OwnerAtLimit,

    /// <summary>Moved up one class: it waited long.</summary>
    Aged,

    /// <summary>Asked back: a higher class waits, or an owner who is behind, or a much shorter job.</summary>
    Yield,

    /// <summary>Its worker fell silent; another may have it.</summary>
    Expired,

    /// <summary>It could not be acquired; offered again later.</summary>
    Unreachable,
}
