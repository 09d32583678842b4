using System.Globalization;

namespace SoraCluster.Domain.Steps.Scheduling;

/// <summary>What operators ask and tell.</summary>
public sealed partial class StepScheduler
{
    public bool IsDraining(string workerId) => draining.Contains(workerId);

    /// <summary>These workers, and no others, get nothing and are asked for what they have.</summary>
    public void Drain(IEnumerable<string> workerIds)
    {
        draining.Clear();
        foreach (var id in workerIds)
        {
            draining.Add(id);
            if (workers.TryGetValue(id, out var worker))
            {
                Keep(worker, null);
            }
        }
    }

    /// <returns>False when the job does not wait here.</returns>
    public bool Reorder(string jobId, QueuePlacement placement)
    {
        if (!waiting.TryGetValue(jobId, out var job))
        {
            return false;
        }

        Dequeue(job);
        job.First = placement is QueuePlacement.First;
        job.Order = placement is QueuePlacement.Last ? (long.MaxValue / 2) + sequence++ : job.Since.Ticks;
        Enqueue(job);
        return true;
    }

    /// <summary>What a job waits for, or how it came to run; null when nothing is known, or remembered, of it.</summary>
    public Explanation? Explain(string jobId, TimeSpan now)
    {
        var decisions = log.Of(jobId).Select(d => (d.At, d.Reason, d.Worker, d.Waited)).ToArray();
        if (leases.TryGetValue(jobId, out var lease))
        {
            var text = lease.YieldAsked ? "and was asked to give it back" : "now";
            return new($"It is run by worker {lease.Worker.Id} {text}.", lease.GrantedAt - lease.Since, decisions);
        }

        if (delayed.TryGetValue(jobId, out var later))
        {
            return new("Its storage did not answer; it is offered again shortly.", now - later.Since, decisions);
        }

        if (waiting.TryGetValue(jobId, out var job))
        {
            return new(WaitsFor(job), now - job.Since, decisions);
        }

        return decisions.Length > 0 ? new("It is not in line any more.", decisions[^1].Waited, decisions) : null;
    }

    private string WaitsFor(WaitingJob job)
    {
        var above = lanes.Take((int)job.Level).Sum(l => l.ReadyCount);
        var ahead = job.Flow.Tag - (job.Flow.Lane.Next?.Tag ?? job.Flow.Tag);
        var before = job.Flow.Jobs.Min != job;
        return job switch
        {
            _ when Paused => "The queue is paused by an operator.",
            _ when workers.Count == 0 => "No worker for this model is connected.",
            { Flow.Parked: true } => $"Its owner already runs {running[job.Entry.Owner]} videos, as many as one may.",
            { KeptBy: { } worker } => $"Worker {worker.Id} finishes what it runs and then takes it.",
            { Entry.Alone: true } => "It lost its worker before, so it waits for one that runs nothing else.",
            { BlockedSince: not null } => "It needs more room than any worker has had since its turn came.",
            { OvertakenSince: not null } => "It is its turn; much shorter videos go first for a moment.",
            _ when above > 0 => string.Create(CultureInfo.InvariantCulture, $"{above} videos of higher classes go first."),
            _ when before => "Its owner's earlier videos go first.",
            _ when ahead > 0 => string.Create(
                CultureInfo.InvariantCulture,
                $"Its owner has used {ahead:F1} device seconds more of their share than the one whose turn it is."),
            _ => "It is its turn as soon as a worker has room.",
        };
    }
}
