using SoraCluster.Domain.Steps;
using SoraCluster.Domain.Steps.Scheduling;

namespace SoraCluster.Planning.Policies;

/// <summary>The scheduler that the step queue runs on.</summary>
internal sealed class StepQueuePolicy(QueueOptions options) : IPlanPolicy
{
    private const string Pack = "pack";

    private readonly StepScheduler scheduler = new(options);
    private readonly Dictionary<string, PlanJob> jobs = [];

    public int Waiting => scheduler.Waiting;

    public void Submit(PlanJob job, TimeSpan now)
    {
        jobs.Add(job.Id, job);
        Announce(job, null, now);
    }

    public IReadOnlyList<PlanJob> Pull(PlanWorker worker, TimeSpan now)
    {
        var offers = scheduler.Pull(worker.Request(Pack), now);
        var taken = new PlanJob[offers.Count];
        for (var i = 0; i < taken.Length; i++)
        {
            var job = taken[i] = jobs[offers[i].Entry.JobId];
            job.Token++;
            job.Quantum = job.QuantumLeft = Math.Max(1, offers[i].Quantum);
            scheduler.Grant(job.Id, job.Token);
        }

        return taken;
    }

    public bool Report(PlanJob job, TimeSpan now) =>
        scheduler.Report(job.Worker!.Id, job.Id, job.Token, job.Remaining, now) is Directive.Yield;

    public void GiveBack(PlanJob job, TimeSpan now)
    {
        scheduler.End(job.Id, job.Token);
        Announce(job, job.Worker!.Id, now);
    }

    public void End(PlanJob job, TimeSpan now)
    {
        scheduler.Report(job.Worker!.Id, job.Id, job.Token, 0, now);
        scheduler.End(job.Id, job.Token);
        jobs.Remove(job.Id);
    }

    private void Announce(PlanJob job, string? heldBy, TimeSpan now)
    {
        var arrival = job.Arrival;
        scheduler.Announce(
            new(
                job.Id, arrival.User, Pack, arrival.BatchKey, arrival.Class, DateTimeOffset.UnixEpoch + arrival.At, job.Remaining,
                job.Remaining * arrival.SecondsPerStep, HeldBy: heldBy, Token: job.Token),
            now,
            now - arrival.At);
    }
}
