using SoraCluster.Domain.Errors;

namespace SoraCluster.Domain.Jobs;

/// <param name="Created">False when the same submission had been accepted before.</param>
public sealed record SubmitAnswer(JobSnapshot? Job, SoraError? Refusal, bool Created);

/// <param name="WorkerId">Who will run it.</param>
public sealed record AcquireLease(string WorkerId);

/// <param name="Token">Fencing token: grows by one with every lease of this job, durably.</param>
/// <param name="FirstStep">Steps already done in <paramref name="Checkpoint"/>; 0 without one.</param>
/// <param name="Checkpoint">Artifact to resume from, or null to start.</param>
/// <param name="Alone">The job killed a worker before: it shares no batch.</param>
public sealed record LeaseGrant(JobSpec Spec, long Token, int FirstStep, string? Checkpoint, bool Alone);

/// <summary>What the job says to a worker that holds, or thinks it holds, its lease.</summary>
public enum LeaseAnswer
{
    /// <summary>Go on.</summary>
    Held,

    /// <summary>The token is not the current one, or the job has ended: stop, keep nothing.</summary>
    Lost,
}

/// <param name="DeviceSeconds">Device time spent since the last report.</param>
public sealed record StepProgress(
    long Token, JobStage Stage, int Step, int TotalSteps, double DeviceSeconds, IReadOnlyList<string>? UnknownWords = null);

public sealed record CheckpointSaved(long Token, int Step, string Artifact);

/// <param name="Token">The lease that ends.</param>
/// <param name="Lost">True when the worker died or fell silent: counts towards poison isolation.</param>
/// <param name="Checkpoint">Where to resume, when the worker stored one on the way out.</param>
public sealed record ReleaseLease(long Token, bool Lost, CheckpointSaved? Checkpoint = null);

/// <param name="DeviceSeconds">Device time spent since the last report.</param>
public sealed record JobCompleted(long Token, JobResult Result, double DeviceSeconds);

public sealed record JobFailed(long Token, SoraError Error);
