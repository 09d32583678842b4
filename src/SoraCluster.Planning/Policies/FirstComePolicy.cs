namespace SoraCluster.Planning.Policies;

/// <summary>First come, first served, and run to the end: what most servers do, to compare with.</summary>
internal sealed class FirstComePolicy : IPlanPolicy
{
    private readonly Queue<PlanJob> line = new();

    public int Waiting => line.Count;

    public void Submit(PlanJob job, TimeSpan now) => line.Enqueue(job);

    public IReadOnlyList<PlanJob> Pull(PlanWorker worker, TimeSpan now)
    {
        if (!line.TryDequeue(out var job))
        {
            return [];
        }

        job.Quantum = job.QuantumLeft = job.Remaining;
        return [job];
    }

    public bool Report(PlanJob job, TimeSpan now) => false;

    public void GiveBack(PlanJob job, TimeSpan now) => throw new InvalidOperationException("Jobs are run to their end.");

    public void End(PlanJob job, TimeSpan now)
    {
    }
}
