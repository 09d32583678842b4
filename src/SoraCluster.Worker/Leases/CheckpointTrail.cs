using SoraCluster.Domain.Jobs;

namespace SoraCluster.Worker.Leases;

/// <summary>What of a job is stored: the book-keeping of its checkpoints under one lease.</summary>
internal sealed class CheckpointTrail(LeaseGrant grant)
{
    private long? lastStep;

    /// <summary>Steps that survive this worker: in an artifact that the job has acknowledged.</summary>
    public int SafeStep { get; set; } = grant.Checkpoint is null ? 0 : grant.FirstStep;

    /// <summary>The write under way, or the last one; never fails.</summary>
    public Task Writing { get; set; } = Task.CompletedTask;

    /// <summary>The step that was last handed to the store.</summary>
    public int WrittenStep { get; set; } = grant.Checkpoint is null ? 0 : grant.FirstStep;

    /// <summary>Average wall time between its steps, in seconds; 0 before the second one.</summary>
    public double StepInterval { get; private set; }

    /// <summary>
    /// The clip was opened from another state than the one that the job knows. An older one is all that is safe. A later one, which
    /// was stored and never acknowledged, makes nothing safer: the next worker is told of the one that the job knows.
    /// </summary>
    public void StartFrom(int step) => SafeStep = WrittenStep = Math.Min(step, SafeStep);

    public void Stepped(TimeProvider clock)
    {
        var now = clock.GetTimestamp();
        if (lastStep is { } last)
        {
            var interval = clock.GetElapsedTime(last, now).TotalSeconds;
            StepInterval = StepInterval == 0 ? interval : (0.7 * StepInterval) + (0.3 * interval);
        }

        lastStep = now;
    }
}
