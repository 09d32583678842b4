using SoraCluster.Domain.Errors;

namespace SoraCluster.Domain.Jobs;

/// <summary>
/// Every change that a job can go through, in one place, as functions from one stored state to the next. A change that the
/// job's status does not allow always fails the same way: with <see cref="SoraErrorCode.Conflict"/>, naming both.
/// </summary>
public static class JobTransitions
{
    public static JobBody Accept(JobSpec spec, int totalSteps, DateTimeOffset now) =>
        new() { Spec = spec, Status = JobStatus.Queued, CreatedAt = now, TotalSteps = totalSteps };

    /// <summary>A worker gets the job. Steps that were done since the last checkpoint will be run again.</summary>
    /// <param name="lastStep">The last step known to be done under the lease before, if that one was not given back.</param>
    public static JobBody Lease(JobBody body, string worker, int lastStep, DateTimeOffset now) =>
        Running(body, "leased") with
        {
            Worker = worker,
            HeldBy = null,
            HeardAt = now,
            StepsRedone = body.Worker is null ? body.StepsRedone : Redone(body, lastStep),
        };

    /// <summary>The first step runs.</summary>
    public static JobBody Start(JobBody body, DateTimeOffset now) =>
        Running(body, "started") with { Status = JobStatus.InProgress, StartedAt = body.StartedAt ?? now, HeardAt = now };

    /// <summary>Steps are stored: whatever was lost before, the job gets on.</summary>
    public static JobBody Checkpoint(JobBody body, CheckpointSaved saved, DateTimeOffset now) =>
        Start(body, now) with
        {
            Checkpoint = saved.Artifact,
            CheckpointStep = saved.Step,
            LossesInRow = saved.Step > body.CheckpointStep ? 0 : body.LossesInRow,
        };

    /// <summary>The worker gives the job back, its latents perhaps still in memory.</summary>
    public static JobBody GiveBack(JobBody body, int lastStep) =>
        Running(body, "given back") with { Worker = null, HeldBy = body.Worker, StepsRedone = Redone(body, lastStep) };

    /// <summary>The worker died or fell silent.</summary>
    public static JobBody Lose(JobBody body, int lastStep) =>
        Running(body, "lost") with
        {
            Worker = null,
            HeldBy = null,
            StepsRedone = Redone(body, lastStep),
            LossesInRow = body.LossesInRow + 1,
            Losses = body.Losses + 1,
        };

    public static JobBody Complete(JobBody body, JobResult result, DateTimeOffset now, JobOptions options) =>
        End(body, JobStatus.Completed, now, options) with { Result = result, StartedAt = body.StartedAt ?? now };

    public static JobBody Fail(JobBody body, SoraError error, DateTimeOffset now, JobOptions options) =>
        End(body, JobStatus.Failed, now, options) with { Error = error };

    public static JobBody Cancel(JobBody body, DateTimeOffset now, JobOptions options) =>
        End(body, JobStatus.Cancelled, now, options) with
        {
            Error = new(SoraErrorCode.Cancelled, "The video was cancelled."),
        };

    private static JobBody End(JobBody body, JobStatus status, DateTimeOffset now, JobOptions options) =>
        Running(body, status.ToString().ToLowerInvariant()) with
        {
            Status = status,
            EndedAt = now,
            ExpiresAt = now + options.ClipLifetime,
            Worker = null,
            HeldBy = null,
            Checkpoint = null,
        };

    private static int Redone(JobBody body, int lastStep) =>
        body.StepsRedone + Math.Max(0, lastStep - body.CheckpointStep);

    private static JobBody Running(JobBody body, string what) => body.Ended
        ? throw new SoraException(SoraErrorCode.Conflict, $"A job that is {body.Status} cannot be {what}.")
        : body;
}
