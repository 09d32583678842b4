namespace SoraCluster.Planning.Policies;

/// <summary>Who gets a device next.</summary>
internal interface IPlanPolicy
{
    int Waiting { get; }

    void Submit(PlanJob job, TimeSpan now);

    /// <summary>Jobs for a worker with room, perhaps none; they count as leased from here on.</summary>
    IReadOnlyList<PlanJob> Pull(PlanWorker worker, TimeSpan now);

    /// <summary>A quantum of the job is done.</summary>
    /// <returns>Whether it is to be given back.</returns>
    bool Report(PlanJob job, TimeSpan now);

    void GiveBack(PlanJob job, TimeSpan now);

    void End(PlanJob job, TimeSpan now);
}
