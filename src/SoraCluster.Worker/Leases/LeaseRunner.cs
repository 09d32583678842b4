using System.Diagnostics;
using Microsoft.Extensions.Logging;
using SoraCluster.Domain.Jobs;
using SoraCluster.Domain.Steps;

namespace SoraCluster.Worker.Leases;

/// <summary>One lease from beginning to end: open, denoise, finish; or give back, fail, drop.</summary>
internal sealed partial class LeaseRunner(
    JobTable table,
    ClipOpener opener,
    StepDriver driver,
    CheckpointKeeper checkpoints,
    ClipFinisher finisher,
    Reporter reporter,
    WarmRuns warm,
    WorkerOptions options,
    WorkerInstruments instruments,
    ILogger logger)
{
    /// <summary>Never fails: whatever happens to one job ends there.</summary>
    public async Task RunAsync(HeldJob job, CancellationToken ended)
    {
        using var span = WorkerInstruments.Activities.StartActivity("job", ActivityKind.Consumer, job.Spec.TraceParent);
        job.Trace = span?.Context ?? default;
        span?.SetTag("sora.pack", job.Spec.Pack).SetTag("sora.job.token", job.Token);
        var end = "dropped";
        try
        {
            end = await LiveAsync(job, ended);
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
        }
        finally
        {
            table.Remove(job);
            job.Dispose();
            instruments.Leases.Add(1, new KeyValuePair<string, object?>("end", end));
            span?.SetTag("sora.lease.end", end);
        }
    }

    private async Task<string> LiveAsync(HeldJob job, CancellationToken ended)
    {
        try
        {
            await opener.OpenAsync(job, job.Interrupted);
            await driver.DenoiseAsync(job);
            await finisher.FinishAsync(job, ended);
            return "completed";
        }
        catch (Exception e) when (job.Interruption == Interruption.Lost)
        {
            Activity.Current?.SetTag("sora.lease.cause", e.GetType().Name);
            LeaseLost(job.Id, job.Token);
            return "lost";
        }
        catch (OperationCanceledException) when (job.Interruption is Interruption.Yield or Interruption.Stop)
        {
            await GiveBackAsync(job, ended);
            return "given back";
        }
        catch (Exception e) when (e is not OperationCanceledException || !ended.IsCancellationRequested)
        {
            await FailAsync(job, e);
            return "failed";
        }
    }

    private async Task GiveBackAsync(HeldJob job, CancellationToken ended)
    {
        CheckpointSaved? saved = null;
        try
        {
            saved = await checkpoints.SaveToLeaveAsync(job, ended);
        }
        catch (Exception e) when (!ended.IsCancellationRequested)
        {
            LeavesWithoutCheckpoint(e, job.Id, job.Step, job.Checkpoints.SafeStep);
        }

        // Before it is told: the job may be back before the answer is.
        if (job.Interruption == Interruption.Yield && options.WarmJobs > 0 && job.TakeRun() is { } run)
        {
            warm.Keep(job.Spec, run);
        }

        var release = new ReleaseLease(job.Token, Lost: false, saved);
        await reporter.SendAsync(job, new LeaseReport(job.Id, job.Token, Release: release));
    }

    private async Task FailAsync(HeldJob job, Exception cause)
    {
        JobFails(cause, job.Id, job.Stage, job.Step);
        await reporter.SendAsync(
            job, new LeaseReport(job.Id, job.Token, Failed: new JobFailed(job.Token, JobFaults.ToError(cause))));
    }
}
