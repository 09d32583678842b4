using SoraCluster.Domain.Errors;

namespace SoraCluster.Domain.Jobs;

/// <summary>An accepted job, as stored. Progress within a lease is not in it: that is kept in memory.</summary>
public sealed record JobBody
{
    public required JobSpec Spec { get; init; }
    public JobStatus Status { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? StartedAt { get; init; }
    public DateTimeOffset? EndedAt { get; init; }
    public DateTimeOffset? ExpiresAt { get; init; }
    public SoraError? Error { get; init; }
    public JobResult? Result { get; init; }

    /// <summary>Who holds the newest lease; null while nobody does.</summary>
    public string? Worker { get; init; }

    /// <summary>Who gave it back last and may still have its latents in memory.</summary>
    public string? HeldBy { get; init; }
    /// <summary>When the worker was last heard of for certain: its lease was stored, or its first step, or a checkpoint.</summary>
    public DateTimeOffset? HeardAt { get; init; }

    /// <summary>Where to resume, and how many steps are done there.</summary>
    public string? Checkpoint { get; init; }
    public int CheckpointStep { get; init; }

    public int TotalSteps { get; init; }
    public int StepsRedone { get; init; }
    public double DeviceSeconds { get; init; }
    public IReadOnlyList<string> UnknownWords { get; init; } = [];

    /// <summary>Leases lost since a step was last stored, and in all.</summary>
    public int LossesInRow { get; init; }
    public int Losses { get; init; }

    public bool Ended => Status is JobStatus.Completed or JobStatus.Failed or JobStatus.Cancelled;
}
