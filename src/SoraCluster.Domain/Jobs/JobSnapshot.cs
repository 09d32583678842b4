using SoraCluster.Domain.Errors;

namespace SoraCluster.Domain.Jobs;

/// <summary>A job as it is at one moment.</summary>
public sealed record JobSnapshot
{
    public required JobSpec Spec { get; init; }
    public required JobStatus Status { get; init; }
    public JobStage Stage { get; init; }
    /// <summary>Denoising steps done and in all (steps × windows).</summary>
    public int Step { get; init; }
    public int TotalSteps { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? StartedAt { get; init; }
    public DateTimeOffset? EndedAt { get; init; }
    public DateTimeOffset? ExpiresAt { get; init; }
    public SoraError? Error { get; init; }
    public JobResult? Result { get; init; }
    /// <summary>Steps run again after a worker was lost; costs of interruption, told in the trace.</summary>
    public int StepsRedone { get; init; }
    /// <summary>Seconds of device time spent on it so far.</summary>
    public double DeviceSeconds { get; init; }
    /// <summary>Words of the prompt that the pack does not know.</summary>
    public IReadOnlyList<string> UnknownWords { get; init; } = [];
    /// <summary>Grows with every change; watchers use it to see what they missed.</summary>
    public long Version { get; init; }

    public bool Ended => Status is JobStatus.Completed or JobStatus.Failed or JobStatus.Cancelled;

    /// <summary>0–100 as the wire tells it: 0 queued, 1–95 denoising, 96–99 decoding and packaging, 100 completed.</summary>
    public int Progress => Status switch
    {
        JobStatus.Completed => 100,
        JobStatus.Queued => 0,
        _ when Stage is JobStage.Decode => 96,
        _ when Stage is JobStage.Package => 98,
        _ => TotalSteps == 0 ? 0 : Math.Clamp(95 * Step / TotalSteps, 0, 95),
    };
}
