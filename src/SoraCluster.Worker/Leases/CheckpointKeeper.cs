using System.Diagnostics;
using Microsoft.Extensions.Logging;
using SoraCluster.Domain.Jobs;
using SoraCluster.Domain.Steps;
using SoraCluster.Worker.Costs;

namespace SoraCluster.Worker.Leases;

/// <summary>
/// Keeps every job within <see cref="WorkerOptions.CheckpointEvery"/> steps of what is stored and acknowledged. The state is
/// copied at a step boundary and written while the next steps run, one write per job at a time; it begins so many steps early as
/// writing has taken lately. A store that is slower than that slows the job, and costs nothing else. The checkpoint that a new
/// one replaces is removed by the job, which alone knows when it is not needed.
/// </summary>
internal sealed partial class CheckpointKeeper(
    RetryingStore store,
    Reporter reporter,
    JobTable table,
    CostProfile costs,
    WorkerOptions options,
    TimeProvider clock,
    WorkerInstruments instruments,
    ILogger logger)
{
    private double latency;

    /// <summary>Whether one more step can be afforded to be lost.</summary>
    public bool AllowsStep(HeldJob job) => job.Step - job.Checkpoints.SafeStep < Interval(job);

    /// <summary>Starts a write where one is due. The job is between two steps.</summary>
    public void AtBoundary(HeldJob job, CancellationToken ended)
    {
        var trail = job.Checkpoints;
        var interval = Interval(job);
        if (trail.Writing.IsCompleted && job.Step > trail.WrittenStep && job.Step - trail.SafeStep >= interval - Lead(trail, interval))
        {
            Begin(job, ended);
        }
    }

    /// <summary>Starts storing a finished clip's state, so that a worker lost in decoding costs no step.</summary>
    public void AtEnd(HeldJob job, CancellationToken ended)
    {
        if (job.Checkpoints.Writing.IsCompleted && job.Step > job.Checkpoints.WrittenStep)
        {
            Begin(job, ended);
        }
    }

    /// <summary>Stores the state of a job that leaves.</summary>
    /// <returns>What to hand back with the lease; null when the job has acknowledged this state already.</returns>
    public async Task<CheckpointSaved?> SaveToLeaveAsync(HeldJob job, CancellationToken ended)
    {
        await job.Checkpoints.Writing.WaitAsync(ended);
        return job.IsOpen && job.Step > job.Checkpoints.SafeStep ? await StoreAsync(job, Snapshot(job), job.Step, ended) : null;
    }

    private void Begin(HeldJob job, CancellationToken ended)
    {
        byte[] state;
        try
        {
            state = Snapshot(job);
        }
        catch (Exception e)
        {
            job.Fault = e;
            table.StepNews.Set();
            return;
        }

        job.Checkpoints.WrittenStep = job.Step;
        job.Checkpoints.Writing = WriteAsync(job, state, job.Step, ended);
    }

    private static byte[] Snapshot(HeldJob job)
    {
        using var memory = new MemoryStream();
        job.Run.Save(memory);
        return memory.ToArray();
    }

    private async Task WriteAsync(HeldJob job, byte[] state, int step, CancellationToken ended)
    {
        var started = clock.GetTimestamp();
        try
        {
            var saved = await StoreAsync(job, state, step, ended);
            if (job.Interruption == Interruption.Lost)
            {
                await store.DiscardAsync([saved.Artifact], ended);
                return;
            }

            if (await reporter.SendAsync(job, new LeaseReport(job.Id, job.Token, Checkpoint: saved)))
            {
                Acknowledged(clock.GetElapsedTime(started).TotalSeconds);
                job.Checkpoints.SafeStep = Math.Max(job.Checkpoints.SafeStep, step);
                table.StepNews.Set();
            }
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
        }
        catch (Exception e)
        {
            NotStored(e, job.Id, step);
            job.Fault ??= e;
            table.StepNews.Set();
        }
    }

    private async Task<CheckpointSaved> StoreAsync(HeldJob job, byte[] state, int step, CancellationToken ended)
    {
        using var span = WorkerInstruments.Activities.StartActivity("checkpoint", ActivityKind.Internal, job.Trace);
        var key = JobArtifacts.Checkpoint(job.Id, job.Token, step);
        await store.WriteAsync(key, (stream, token) => stream.WriteAsync(state, token).AsTask(), ended);
        instruments.CheckpointBytes.Record(state.Length);
        return new CheckpointSaved(job.Token, step, key);
    }

    private void Acknowledged(double seconds)
    {
        instruments.CheckpointDuration.Record(seconds);
        latency = latency == 0 ? seconds : (0.7 * latency) + (0.3 * seconds);
    }

    /// <summary>The most steps that the job may be ahead of what is stored.</summary>
    private int Interval(HeldJob job)
    {
        var worth = options.CheckpointWorth.TotalSeconds;
        var step = worth > 0 ? costs.SecondsPerStep(job.BatchKey, job.Rows) : null;
        return step > 0 ? (int)Math.Clamp(Math.Ceiling(worth / step.Value), options.CheckpointEvery, int.MaxValue) : options.CheckpointEvery;
    }

    /// <summary>Steps that pass while a write is on its way: 1 until measured, and never the whole interval.</summary>
    private int Lead(CheckpointTrail trail, int interval)
    {
        var steps = trail.StepInterval > 0 ? Math.Ceiling(latency / trail.StepInterval) : 1;
        return (int)Math.Min(Math.Max(1, steps), interval - 1);
    }
}
