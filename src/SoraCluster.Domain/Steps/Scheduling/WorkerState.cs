namespace SoraCluster.Domain.Steps.Scheduling;

/// <summary>A worker as last heard from.</summary>
internal sealed class WorkerState(string id)
{
    public string Id { get; } = id;

    /// <summary>When it, or somebody who waits on its behalf, last asked for something.</summary>
    public TimeSpan LastSeen { get; set; }

    /// <summary>When it last spoke for itself: then it lived.</summary>
    public TimeSpan LastHeard { get; set; } = TimeSpan.MinValue;

    /// <summary>Room as of its last pull, less what it got since and more what it gave back.</summary>
    public int Free { get; set; }
    public double? FreeCost { get; set; }

    /// <summary>It runs something, whether or not the lease is from here.</summary>
    public bool BusyElsewhere { get; set; }

    public HashSet<LeaseState> Leases { get; } = [];

    /// <summary>It takes nothing until this job fits.</summary>
    public WaitingJob? KeptFor { get; set; }

    /// <summary>It runs a job that shares with no other.</summary>
    public bool RunsAlone => Leases.Count == 1 && Leases.First().Entry.Alone;

    public int Room => FreeCost <= 0 || RunsAlone ? 0 : Math.Max(0, Free);
}
