namespace SoraCluster.Domain.Steps.Scheduling;

/// <summary>One owner's jobs in one class, and how much of their share they have used.</summary>
internal sealed class ShareFlow(string owner, ClassLane lane, long sequence)
{
    public string Owner { get; } = owner;
    public ClassLane Lane { get; } = lane;
    public long Sequence { get; } = sequence;

    /// <summary>Virtual time at which the flow is served next: device seconds used, divided by the weight.</summary>
    public double Tag { get; set; }

    public double Weight { get; set; } = 1;

    /// <summary>Leases that are charged to it.</summary>
    public int Leases { get; set; }

    /// <summary>Its owner runs as many jobs as one may: it is not served now.</summary>
    public bool Parked { get; set; }

    public SortedSet<WaitingJob> Jobs { get; } = new(Orders.ByPlace);

    /// <summary>Those that may go before longer ones.</summary>
    public SortedSet<WaitingJob> JobsByCost { get; } = new(Orders.ByCost);

    public Dictionary<string, SortedSet<WaitingJob>> JobsByKey { get; } = [];

    public bool Ready => !Parked && Jobs.Count > 0;

    /// <summary>The first of <see cref="JobsByCost"/>; changed only while the flow is not ranked by it.</summary>
    public WaitingJob? Shortest
    {
        get;
        set
        {
            field = value;
            ShortestCost = value?.Entry.Cost ?? 0;
        }
    }

    /// <summary>Kept at hand: owners are compared by it all the time.</summary>
    public double ShortestCost { get; private set; }

    public bool Ranked => !Parked && Shortest is not null;
}
