using System.Diagnostics.Metrics;
using SoraCluster.Domain.Jobs;
using SoraCluster.Domain.Steps;

namespace SoraCluster.Silo.Telemetry;

/// <summary>What becomes of jobs, counted on the silo where the job lives. No label holds a user, a job or a prompt.</summary>
public sealed class JobInstruments : IDisposable
{
    public const string Name = "SoraCluster.Jobs";

    private readonly Meter meter;
    private readonly Counter<long> submitted;
    private readonly Counter<long> refused;
    private readonly Counter<long> ended;
    private readonly Counter<long> redone;
    private readonly Histogram<double> wait;
    private readonly Histogram<double> duration;

    public JobInstruments(IMeterFactory meters)
    {
        meter = meters.Create(Name);
        submitted = meter.CreateCounter<long>("sora.jobs.submitted", "{job}", "Jobs accepted, by pack and class.");
        refused = meter.CreateCounter<long>("sora.jobs.refused", "{job}", "Submissions refused, by reason; a used-up allowance is rate_limit_exceeded.");
        ended = meter.CreateCounter<long>("sora.jobs.ended", "{job}", "Jobs that ended, by how, pack and class.");
        redone = meter.CreateCounter<long>("sora.jobs.steps.redone", "{step}", "Steps run again because a worker was lost, told when the job ends.");
        wait = meter.CreateHistogram<double>("sora.jobs.wait", "s", "From acceptance to the first step.");
        duration = meter.CreateHistogram<double>("sora.jobs.duration", "s", "From acceptance to the end.");
    }

    public void Dispose() => meter.Dispose();

    internal static string Label(ServiceClass serviceClass) => serviceClass.ToString().ToLowerInvariant();

    internal void Submitted(JobSpec spec, SubmitAnswer answer)
    {
        if (answer.Refusal is { } refusal)
        {
            refused.Add(1, new KeyValuePair<string, object?>("reason", refusal.Code.ToString()));
        }
        else if (answer.Created)
        {
            submitted.Add(1, Pack(spec), Class(spec));
        }
    }

    /// <summary>A job publishes its end once, when the end was stored.</summary>
    internal void Ended(JobSnapshot job)
    {
        var (pack, serviceClass) = (Pack(job.Spec), Class(job.Spec));
        ended.Add(1, new("status", job.Status.ToString().ToLowerInvariant()), pack, serviceClass);
        redone.Add(job.StepsRedone, pack);
        if (job.StartedAt is { } started)
        {
            wait.Record((started - job.CreatedAt).TotalSeconds, pack, serviceClass);
        }

        if (job.EndedAt is { } at)
        {
            duration.Record((at - job.CreatedAt).TotalSeconds, pack, serviceClass);
        }
    }

    private static KeyValuePair<string, object?> Pack(JobSpec spec) => new("pack", spec.Pack);

    private static KeyValuePair<string, object?> Class(JobSpec spec) => new("class", Label(spec.Class));
}
