namespace SoraCluster.Domain.Steps.Scheduling;

/// <summary>The last decisions, a bounded number of them, findable by job.</summary>
internal sealed class DecisionLog(int capacity)
{
    private readonly Queue<Decision> all = new();
    private readonly Dictionary<string, Queue<Decision>> byJob = [];

    public void Add(TimeSpan at, string jobId, DecisionReason reason, string? worker, TimeSpan waited)
    {
        if (capacity == 0)
        {
            return;
        }

        if (all.Count == capacity)
        {
            Forget(all.Dequeue());
        }

        var decision = new Decision(at, jobId, reason, worker, waited);
        all.Enqueue(decision);
        (byJob.TryGetValue(jobId, out var ofJob) ? ofJob : byJob[jobId] = new()).Enqueue(decision);
    }

    public IReadOnlyCollection<Decision> Of(string jobId) => byJob.TryGetValue(jobId, out var ofJob) ? ofJob : [];

    private void Forget(Decision oldest)
    {
        var ofJob = byJob[oldest.JobId];
        ofJob.Dequeue();
        if (ofJob.Count == 0)
        {
            byJob.Remove(oldest.JobId);
        }
    }

    /// <param name="At">On the scheduler's clock.</param>
    internal sealed record Decision(TimeSpan At, string JobId, DecisionReason Reason, string? Worker, TimeSpan Waited);
}
