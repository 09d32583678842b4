using SoraCluster.Domain.Jobs;
using SoraCluster.Domain.Models;
using SoraCluster.Domain.Steps;

namespace SoraCluster.Gateway.Videos;

/// <summary>
/// How long a job will take: its own measured pace once it has one, the pack's profile before that, and the queue in front of
/// it while it waits.
/// </summary>
internal sealed class JobEstimator(IModelCatalog catalog, IStepCosts costs, QueueWatch queues, TimeProvider clock)
{
    public async Task<JobEstimate> EstimateAsync(JobSnapshot job)
    {
        if (job.Ended)
        {
            return default;
        }

        var profile = Cost(job.Spec);
        if (job.Status == JobStatus.Queued)
        {
            var wait = await WaitAsync(job.Spec.Pack, job.Spec.Owner, job.Spec.Class);
            return new JobEstimate(wait, wait + TimeSpan.FromSeconds(profile));
        }

        return new JobEstimate(null, TimeSpan.FromSeconds(Left(job, profile)));
    }

    /// <summary>
    /// Wait for a new job of a class: what is leased (half done, on average) and waits ahead of it, at the pack's default cost,
    /// shared by its workers. No worker at all counts as one: it is the soonest that could be.
    /// </summary>
    public async Task<TimeSpan> WaitAsync(string pack, string owner, ServiceClass serviceClass)
    {
        if (catalog.Resolve(pack)?.Model is not { } model)
        {
            return TimeSpan.Zero;
        }

        var status = await queues.StatusAsync(pack, owner);
        var ahead = status.Waiting.Where(w => w.Key <= serviceClass).Sum(w => w.Value) + (status.Leased / 2.0);
        var each = model.EstimateSeconds(model.DefaultSeconds, model.DefaultSteps, model.DefaultGuidanceScale);
        return TimeSpan.FromSeconds(ahead * each / Math.Max(1, status.Workers.Count));
    }

    private double Left(JobSnapshot job, double profile)
    {
        if (job is { StartedAt: { } started, Step: > 0, TotalSteps: > 0 } && job.Step < job.TotalSteps)
        {
            var pace = (clock.GetUtcNow() - started).TotalSeconds / job.Step;
            return (pace * (job.TotalSteps - job.Step)) + Packaging(job.Spec);
        }

        return profile * (100 - job.Progress) / 100;
    }

    /// <summary>From the profile, in seconds: every window of every shot, less what is taken from a source.</summary>
    private double Cost(JobSpec spec)
    {
        var cost = costs.CostOf(spec);
        return (cost.TotalSteps * cost.SecondsPerStep) + Packaging(spec);
    }

    private double Packaging(JobSpec spec) => catalog.Resolve(spec.Pack)?.Model.SecondsPerClipSecond * spec.Seconds ?? 0;
}
