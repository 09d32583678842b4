using System.Diagnostics;
using Microsoft.Extensions.Logging;
using SoraCluster.Domain.Jobs;
using SoraCluster.Worker.Costs;
using SoraCluster.Worker.Engine;

namespace SoraCluster.Worker.Leases;

/// <summary>
/// The loop that keeps the device busy. Between two steps jobs join and leave; nothing in here waits for the queue or the store
/// while any job can be stepped.
/// </summary>
internal sealed partial class StepDriver(
    IStepEngine engine,
    JobTable table,
    Batcher batcher,
    CheckpointKeeper checkpoints,
    Reporter reporter,
    CostProfile costs,
    WorkerOptions options,
    TimeProvider clock,
    WorkerInstruments instruments,
    ILogger logger)
{
    private readonly Dictionary<HeldJob, TaskCompletionSource> batch = [];
    private string? activeKey;

    /// <summary>Key of the pass that runs now or ran last; null when nothing is denoised.</summary>
    public string? ActiveKey => batch.Count == 0 ? null : activeKey;

    /// <summary>
    /// Steps an open job until it is done. Throws at a step boundary, and within one step of the reason, when it is interrupted
    /// (<see cref="OperationCanceledException"/>) or cannot go on (whatever its fault was).
    /// </summary>
    public Task DenoiseAsync(HeldJob job)
    {
        Batcher.Enter(job, batch.Keys);
        var left = new TaskCompletionSource();
        batch.Add(job, left);
        reporter.Progress(job, JobStage.Denoise);
        table.StepNews.Set();
        return left.Task;
    }

    public async Task RunAsync(CancellationToken ended)
    {
        while (true)
        {
            ended.ThrowIfCancellationRequested();
            AtBoundary(ended);
            var next = batcher.Next([.. batch.Keys.Where(MayStep)]);
            if (next.Count == 0)
            {
                await table.StepNews.WaitAsync(ended);
                continue;
            }

            await StepAsync(next);
        }
    }

    private bool MayStep(HeldJob job) => job.Step < job.AllowedUntil && checkpoints.AllowsStep(job);

    private void AtBoundary(CancellationToken ended)
    {
        foreach (var (job, left) in batch.ToArray())
        {
            if (job.Interruption == Interruption.None && job.Fault is null && !job.Run.Done)
            {
                checkpoints.AtBoundary(job, ended);
            }

            if (job.Interruption != Interruption.None)
            {
                batch.Remove(job);
                left.TrySetCanceled(job.Interrupted);
            }
            else if (job.Fault is { } fault)
            {
                batch.Remove(job);
                left.TrySetException(fault);
            }
            else if (job.Run.Done)
            {
                batch.Remove(job);
                left.TrySetResult();
            }
        }
    }

    private async Task StepAsync(IReadOnlyList<HeldJob> jobs)
    {
        activeKey = jobs[0].BatchKey;
        var rows = jobs.Sum(job => job.Rows);
        var spans = StartSpans(jobs, rows);
        var outcome = await engine.StepAsync([.. jobs.Select(job => job.Run)]).WaitAsync(options.StepLimit, clock);
        foreach (var span in spans.AsEnumerable().Reverse())
        {
            span?.Dispose();
        }

        if (outcome.Shared is { } failure)
        {
            instruments.PassFailures.Add(1);
            PassFailed(jobs, rows, failure);
            return;
        }

        costs.Observe(activeKey, rows, outcome.Elapsed);
        var seconds = outcome.Elapsed.TotalSeconds;
        instruments.StepDuration.Record(seconds);
        instruments.BatchRows.Record(rows);
        instruments.Steps.Add(jobs.Count);
        for (var i = 0; i < jobs.Count; i++)
        {
            Stepped(jobs, jobs[i], outcome.FaultOf(i), seconds);
        }
    }

    /// <summary>One span for each job that shares the pass, so that every job's trace has all of its steps.</summary>
    private static Activity?[] StartSpans(IReadOnlyList<HeldJob> jobs, int rows) => !WorkerInstruments.Activities.HasListeners() ? [] :
        [.. jobs.Select(job => WorkerInstruments.Activities.StartActivity("step", ActivityKind.Internal, job.Trace)
            ?.SetTag("sora.rows", rows).SetTag("sora.pack", job.Spec.Pack).SetTag("sora.step", job.Step))];

    private void Stepped(IReadOnlyList<HeldJob> jobs, HeldJob job, Exception? fault, double seconds)
    {
        job.Fault ??= fault;
        job.Isolated &= job.SharedFailures > 1;
        job.Checkpoints.Stepped(clock);
        reporter.Progress(job, JobStage.Denoise, Batcher.Charge(jobs, job, seconds));
    }

    /// <summary>Nobody has moved. Alone, the job is to blame; otherwise each is tried by itself, and for good after a second time.</summary>
    private void PassFailed(IReadOnlyList<HeldJob> jobs, int rows, Exception failure)
    {
        PassFailed(failure, jobs.Count, rows);
        if (jobs.Count == 1)
        {
            jobs[0].Fault ??= failure;
            return;
        }

        foreach (var job in jobs)
        {
            job.Isolated = true;
            job.SharedFailures++;
        }

        if (failure is OutOfMemoryException)
        {
            batcher.Reduce(jobs[0].BatchKey, rows);
        }
    }
}
