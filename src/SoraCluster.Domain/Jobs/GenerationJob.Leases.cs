using SoraCluster.Domain.Errors;

namespace SoraCluster.Domain.Jobs;

/// <summary>What workers do with a job, all of it fenced by the token of the newest lease.</summary>
public partial class GenerationJob
{
    public async Task<LeaseGrant?> AcquireAsync(AcquireLease request)
    {
        if (Body is not { Ended: false } body)
        {
            return null;
        }

        var leased = JobTransitions.Lease(Progress.Into(body), request.WorkerId, Progress.Step, Now);
        var token = state.Value!.Token + 1;
        await SaveAsync(leased, token: token);
        return new(leased.Spec, token, leased.CheckpointStep, leased.Checkpoint, Alone: leased.LossesInRow > 0);
    }

    public async Task<LeaseAnswer> ReportAsync(StepProgress report)
    {
        if (Held(report.Token) is not { } body)
        {
            return LeaseAnswer.Lost;
        }

        if (!Progress.IsBehind(report))
        {
            return LeaseAnswer.Held;
        }

        var progress = Progress.Advance(report);
        if (body.Status is JobStatus.Queued)
        {
            await SaveAsync(JobTransitions.Start(body, Now), progress: progress);
        }
        else
        {
            Progress = progress;
            services.Events.Publish(Snapshot());
        }

        return LeaseAnswer.Held;
    }

    public async Task<LeaseAnswer> CheckpointAsync(CheckpointSaved checkpoint)
    {
        if (Held(checkpoint.Token) is not { } body)
        {
            return LeaseAnswer.Lost;
        }

        if (checkpoint.Step > body.CheckpointStep)
        {
            var reached = Progress with { Step = Math.Max(Progress.Step, checkpoint.Step), DeviceSeconds = 0 };
            await SaveAsync(JobTransitions.Checkpoint(Progress.Into(body), checkpoint, Now), progress: reached);
            await RemoveQuietlyAsync(body.Checkpoint);
        }

        return LeaseAnswer.Held;
    }

    public async Task<LeaseAnswer> ReleaseAsync(ReleaseLease release)
    {
        if (Held(release.Token) is not { } body)
        {
            return LeaseAnswer.Lost;
        }

        var former = body.Checkpoint;
        body = Progress.Into(body);
        if (release.Checkpoint is { } saved && saved.Step > body.CheckpointStep)
        {
            body = JobTransitions.Checkpoint(body, saved, Now);
        }

        body = release.Lost ? JobTransitions.Lose(body, Progress.Step) : JobTransitions.GiveBack(body, Progress.Step);
        if (KillsItsWorkers(body) is { } error)
        {
            await EndAsync(JobTransitions.Fail(body, error, Now, services.Options));
            return LeaseAnswer.Held;
        }

        await SaveAsync(body);
        Announce();
        if (former != body.Checkpoint)
        {
            await RemoveQuietlyAsync(former);
        }

        return LeaseAnswer.Held;
    }

    public async Task<LeaseAnswer> CompleteAsync(JobCompleted completed)
    {
        if (Held(completed.Token) is not { } body)
        {
            return LeaseAnswer.Lost;
        }

        var spent = Progress with { DeviceSeconds = Progress.DeviceSeconds + Math.Max(0, completed.DeviceSeconds) };
        await EndAsync(JobTransitions.Complete(spent.Into(body), completed.Result, Now, services.Options));
        return LeaseAnswer.Held;
    }

    public async Task<LeaseAnswer> FailAsync(JobFailed failed)
    {
        if (Held(failed.Token) is not { } body)
        {
            return LeaseAnswer.Lost;
        }

        await EndAsync(JobTransitions.Fail(Progress.Into(body), failed.Error, Now, services.Options));
        return LeaseAnswer.Held;
    }

    /// <summary>The one fence: the job, if it runs and this is its lease.</summary>
    private JobBody? Held(long token) =>
        Body is { Ended: false, Worker: not null } body && state.Value!.Token == token ? body : null;

    private SoraError? KillsItsWorkers(JobBody body)
    {
        var inRow = body.LossesInRow >= services.Options.MaxLossesInRow;
        if (!inRow && body.Losses < services.Options.MaxLosses)
        {
            return null;
        }

        var times = inRow ? $"{body.LossesInRow} times in a row" : $"{body.Losses} times";
        return new(
            SoraErrorCode.WorkerFailed,
            $"The worker was lost {times} while it ran this video, so it was stopped. It does not count towards your limit.");
    }
}
