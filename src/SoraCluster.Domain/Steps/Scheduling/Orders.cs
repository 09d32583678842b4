namespace SoraCluster.Domain.Steps.Scheduling;

/// <summary>The total orders by which the scheduler's sorted sets stand; ties end with a number that is never used twice.</summary>
internal static class Orders
{
    public static readonly IComparer<WaitingJob> ByPlace = Comparer<WaitingJob>.Create(static (a, b) =>
        a.Order.CompareTo(b.Order) is var c and not 0 ? c : a.Sequence.CompareTo(b.Sequence));

    public static readonly IComparer<WaitingJob> BySince = Comparer<WaitingJob>.Create(static (a, b) =>
        a.Since.CompareTo(b.Since) is var c and not 0 ? c : a.Sequence.CompareTo(b.Sequence));

    public static readonly IComparer<WaitingJob> ByAge = Comparer<WaitingJob>.Create(static (a, b) =>
        a.AgesAt.CompareTo(b.AgesAt) is var c and not 0 ? c : a.Sequence.CompareTo(b.Sequence));

    public static readonly IComparer<WaitingJob> ByDeadline = Comparer<WaitingJob>.Create(static (a, b) =>
        Nullable.Compare(a.Deadline, b.Deadline) is var c and not 0 ? c : a.Sequence.CompareTo(b.Sequence));

    public static readonly IComparer<WaitingJob> ByCost = Comparer<WaitingJob>.Create(static (a, b) =>
        a.Entry.Cost.CompareTo(b.Entry.Cost) is var c and not 0 ? c : a.Sequence.CompareTo(b.Sequence));

    public static readonly IComparer<ShareFlow> ByShortest = Comparer<ShareFlow>.Create(static (a, b) =>
        a.ShortestCost.CompareTo(b.ShortestCost) is var c and not 0 ? c : a.Sequence.CompareTo(b.Sequence));

    public static readonly IComparer<ShareFlow> ByTag = Comparer<ShareFlow>.Create(static (a, b) =>
        a.Tag.CompareTo(b.Tag) is var c and not 0 ? c : a.Sequence.CompareTo(b.Sequence));

    public static readonly IComparer<LeaseState> ByExpiry = Comparer<LeaseState>.Create(static (a, b) =>
        a.ExpiresAt.CompareTo(b.ExpiresAt) is var c and not 0 ? c : a.Sequence.CompareTo(b.Sequence));
}
