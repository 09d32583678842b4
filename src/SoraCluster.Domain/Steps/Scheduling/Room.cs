namespace SoraCluster.Domain.Steps.Scheduling;

/// <summary>What a worker that asks can take.</summary>
internal readonly record struct Room(WorkerState Worker, double? FreeCost)
{
    public bool Empty => Worker is { Leases.Count: 0, BusyElsewhere: false };

    public bool Fits(WaitingJob job) =>
        (!job.Entry.Alone || Empty) && (FreeCost is not { } free || job.Entry.CostPerStep <= free);
}
