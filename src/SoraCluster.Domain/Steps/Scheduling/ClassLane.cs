namespace SoraCluster.Domain.Steps.Scheduling;

/// <summary>
/// The waiting jobs of one class, shared out between owners by start-time fair queueing (Goyal, Vin and Cheng 1996): each owner
/// has a tag that grows by cost over weight when they are served, the least tag is served next, and who comes newly starts at
/// the virtual time, so that neither idleness is saved up nor the use of idle devices held against anyone.
/// </summary>
internal sealed class ClassLane(ServiceClass level)
{
    private readonly Dictionary<string, ShareFlow> flows = [];
    private readonly Dictionary<string, SortedSet<ShareFlow>> readyByKey = [];
    private readonly SortedSet<ShareFlow> ready = new(Orders.ByTag);
    private readonly SortedSet<ShareFlow> shortest = new(Orders.ByShortest);
    private readonly SortedSet<ShareFlow> idle = new(Orders.ByTag);
    private readonly SortedSet<WaitingJob> ageing = new(Orders.ByAge);
    private readonly SortedSet<WaitingJob> deadlines = new(Orders.ByDeadline);
    private readonly SortedSet<WaitingJob> firsts = new(Orders.ByPlace);
    private long flowsMade;

    public ServiceClass Level { get; } = level;
    public double VirtualTime { get; private set; }
    public int Count { get; private set; }

    /// <summary>Jobs whose owners may run more now.</summary>
    public int ReadyCount { get; private set; }

    /// <summary>The owner whose turn it is.</summary>
    public ShareFlow? Next => ready.Min;

    /// <summary>By batch key, the owners with a job of that key.</summary>
    public IReadOnlyDictionary<string, SortedSet<ShareFlow>> ReadyByKey => readyByKey;

    /// <summary>The owners, those with the shortest jobs first.</summary>
    public SortedSet<ShareFlow> ByShortest => shortest;

    public WaitingJob? Shortest => shortest.Min?.Shortest;

    public WaitingJob? OldestToAge => ageing.Min;
    public WaitingJob? NearestDeadline => deadlines.Min;
    public SortedSet<WaitingJob> Firsts => firsts;

    public ShareFlow FlowOf(string owner, bool parked)
    {
        if (!flows.TryGetValue(owner, out var flow))
        {
            flow = new(owner, this, flowsMade++) { Tag = VirtualTime, Parked = parked };
            flows.Add(owner, flow);
        }

        return flow;
    }

    public ShareFlow? Find(string owner) => flows.GetValueOrDefault(owner);

    public void Add(WaitingJob job, bool parked)
    {
        var flow = FlowOf(job.Entry.Owner, parked);
        idle.Remove(flow);
        Unlist(flow);
        if (flow.Jobs.Count == 0)
        {
            flow.Tag = Math.Max(flow.Tag, VirtualTime);
        }

        job.Flow = flow;
        flow.Weight = job.Entry.Weight;
        flow.Jobs.Add(job);
        (flow.JobsByKey.TryGetValue(job.Key, out var sameKey) ? sameKey : flow.JobsByKey[job.Key] = new(Orders.ByPlace)).Add(job);
        AddByCost(flow, job);
        List(flow);
        Count++;
        ListTimes(job);
    }

    /// <summary>Takes a job out of line, and charges its owner for what it runs now.</summary>
    /// <param name="seconds">Device seconds; 0 when it leaves for another reason.</param>
    public void Remove(WaitingJob job, double seconds = 0)
    {
        var flow = job.Flow;
        Unlist(flow);
        RemoveByCost(flow, job);
        flow.Jobs.Remove(job);
        var sameKey = flow.JobsByKey[job.Key];
        sameKey.Remove(job);
        if (sameKey.Count == 0)
        {
            flow.JobsByKey.Remove(job.Key);
        }

        if (seconds > 0 && ready.Count == 0 && !flow.Ready)
        {
            // Nobody else waits: what idle devices do is held against nobody.
            Reach(flow.Tag);
        }

        flow.Tag += seconds / flow.Weight;
        List(flow);
        Count--;
        ageing.Remove(job);
        deadlines.Remove(job);
        firsts.Remove(job);
        Retire(flow);
    }

    /// <summary>Charges (or, below zero, refunds) device seconds to an owner.</summary>
    public void Charge(ShareFlow flow, double seconds)
    {
        if (seconds > 0 && ready.Count == 0)
        {
            Reach(flow.Tag);
        }

        if (seconds != 0)
        {
            Unlist(flow);
            idle.Remove(flow);
            flow.Tag += seconds / flow.Weight;
            List(flow);
        }

        Retire(flow);
    }

    /// <summary>One more lease is charged to the owner, who is remembered while there is one.</summary>
    public void Hire(ShareFlow flow)
    {
        idle.Remove(flow);
        flow.Leases++;
    }

    public void Park(ShareFlow flow, bool park)
    {
        Unlist(flow);
        Unrank(flow);
        flow.Parked = park;
        List(flow);
        Rank(flow);
    }

    /// <summary>The owners' turn has come to a tag: newcomers start there.</summary>
    public void Reach(double tag)
    {
        VirtualTime = Math.Max(VirtualTime, tag);
        while (idle.Min is { } flow && flow.Tag <= VirtualTime)
        {
            idle.Remove(flow);
            flows.Remove(flow.Owner);
        }
    }

    /// <summary>Forgets an owner who has nothing here and has used no more than anyone new.</summary>
    public void Retire(ShareFlow flow)
    {
        if (flow.Jobs.Count == 0 && flow.Leases == 0 && flows.TryGetValue(flow.Owner, out var known) && known == flow)
        {
            idle.Add(flow);
            Reach(VirtualTime);
        }
    }

    private void ListTimes(WaitingJob job)
    {
        if (job.Level is not ServiceClass.Priority)
        {
            ageing.Add(job);
        }

        if (job.Deadline is not null)
        {
            deadlines.Add(job);
        }

        if (job.First)
        {
            firsts.Add(job);
        }
    }

    private void AddByCost(ShareFlow flow, WaitingJob job)
    {
        if (job.Moved)
        {
            return;
        }

        flow.JobsByCost.Add(job);
        if (flow.Shortest is null || Orders.ByCost.Compare(job, flow.Shortest) < 0)
        {
            Unrank(flow);
            flow.Shortest = job;
            Rank(flow);
        }
    }

    private void RemoveByCost(ShareFlow flow, WaitingJob job)
    {
        flow.JobsByCost.Remove(job);
        if (flow.Shortest == job)
        {
            Unrank(flow);
            flow.Shortest = flow.JobsByCost.Min;
            Rank(flow);
        }
    }

    private void Rank(ShareFlow flow)
    {
        if (flow.Ranked)
        {
            shortest.Add(flow);
        }
    }

    private void Unrank(ShareFlow flow)
    {
        if (flow.Ranked)
        {
            shortest.Remove(flow);
        }
    }

    private void List(ShareFlow flow)
    {
        if (!flow.Ready)
        {
            return;
        }

        ready.Add(flow);
        ReadyCount += flow.Jobs.Count;
        foreach (var key in flow.JobsByKey.Keys)
        {
            (readyByKey.TryGetValue(key, out var sameKey) ? sameKey : readyByKey[key] = new(Orders.ByTag)).Add(flow);
        }
    }

    private void Unlist(ShareFlow flow)
    {
        if (!flow.Ready)
        {
            return;
        }

        ready.Remove(flow);
        ReadyCount -= flow.Jobs.Count;
        foreach (var key in flow.JobsByKey.Keys)
        {
            var sameKey = readyByKey[key];
            sameKey.Remove(flow);
            if (sameKey.Count == 0)
            {
                readyByKey.Remove(key);
            }
        }
    }
}
