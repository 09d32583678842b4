using SoraCluster.Domain.Jobs;
using SoraCluster.Domain.State;
using SoraCluster.Domain.Steps.Scheduling;

namespace SoraCluster.Domain.Steps;

/// <summary>
/// The scheduler as an entity: what it decides is made true by the jobs, which issue the tokens and judge the news. Of itself
/// it stores only what operators told it; the rest is rebuilt from the unfinished jobs. It waits for jobs, so jobs never wait
/// for it.
/// </summary>
public class StepQueue : IStepQueue
{
    private readonly string key;
    private readonly string pack;
    private readonly IStateSlot<QueueControls> controls;
    private readonly QueueServices services;
    private readonly StepScheduler scheduler;
    private readonly long started;
    private bool rebuilding;

    public StepQueue(string key, IStateSlot<QueueControls> controls, QueueServices services)
    {
        this.key = key;
        this.controls = controls;
        this.services = services;
        pack = QueueKeys.PackOf(key);
        scheduler = new(services.Options);
        started = services.Clock.GetTimestamp();
    }

    /// <summary>Time since activation, by the clock that is never set back.</summary>
    private TimeSpan Now => services.Clock.GetElapsedTime(started);

    public Task AnnounceAsync(QueueEntry entry)
    {
        Awake();
        if (scheduler.Announce(entry, Now, Since(entry.Submitted), Since(entry.HeardAt)))
        {
            services.Bell.Ring(key);
        }

        return Task.CompletedTask;
    }

    public Task WithdrawAsync(string jobId)
    {
        Awake();
        scheduler.Withdraw(jobId);
        return Task.CompletedTask;
    }

    public async Task<PullAnswer> PullAsync(PullRequest request)
    {
        Awake();
        if (!request.Packs.Contains(pack))
        {
            return new([]);
        }

        var offers = scheduler.Pull(request, Now);
        var leases = await Task.WhenAll(offers.Select(o => AcquireAsync(o, request.WorkerId)));
        return new([.. leases.OfType<Lease>()], scheduler.IsDraining(request.WorkerId));
    }

    public async Task<ReportAnswer> ReportAsync(WorkerReport report)
    {
        Awake();
        var directives = await Task.WhenAll(report.Leases.Select(l => TakeInAsync(report.WorkerId, l)));
        return new([.. directives.OfType<LeaseDirective>()]);
    }

    public async Task TickAsync()
    {
        Awake();
        var returned = scheduler.Age(Now);
        var expired = scheduler.TakeExpired(Now);
        await Task.WhenAll(expired.Select(ExpireAsync));
        if (returned)
        {
            services.Bell.Ring(key);
        }
    }

    public Task<QueueStatus> GetStatusAsync()
    {
        Awake();
        var classes = Enum.GetValues<ServiceClass>();
        return Task.FromResult(new QueueStatus(
            key,
            classes.ToDictionary(c => c, scheduler.WaitingOf),
            classes.ToDictionary(c => c, c => scheduler.OldestWaitOf(c, Now)),
            scheduler.Leased,
            [.. scheduler.Workers],
            scheduler.Paused));
    }

    public Task<WaitExplanation?> ExplainAsync(string jobId)
    {
        Awake();
        var now = Now;
        var wall = services.Clock.GetUtcNow();
        return Task.FromResult(scheduler.Explain(jobId, now) is not { } told ? null : new WaitExplanation(
            jobId,
            told.Now,
            told.Waited,
            [.. told.Decisions.Select(d => new QueueDecision(wall - (now - d.At), jobId, d.Reason, d.Worker, d.Waited))]));
    }

    public Task PauseAsync() => ControlAsync(c => c with { Paused = true });

    public Task ResumeAsync() => ControlAsync(c => c with { Paused = false });

    public Task DrainAsync(string workerId, bool drain) => ControlAsync(c => c with
    {
        Draining = [.. c.Draining.Where(w => w != workerId), .. drain ? [workerId] : Array.Empty<string>()],
    });

    public Task<bool> ReorderAsync(string jobId, QueuePlacement placement)
    {
        Awake();
        return Task.FromResult(scheduler.Reorder(jobId, placement));
    }

    /// <summary>Time since then, by a clock that may have been set: never less than nothing, and nothing when it is not known.</summary>
    private TimeSpan Since(DateTimeOffset? then)
    {
        var since = services.Clock.GetUtcNow() - then;
        return since > TimeSpan.Zero ? since.Value : TimeSpan.Zero;
    }

    /// <summary>The first call after activation finds the queue empty: the jobs are asked to announce themselves again.</summary>
    private void Awake()
    {
        if (!rebuilding)
        {
            rebuilding = true;
            Apply(controls.Value ?? new());
            services.Signal.Rebuild(key);
        }
    }

    private async Task<Lease?> AcquireAsync(Offer offer, string workerId)
    {
        var jobId = offer.Entry.JobId;
        LeaseGrant? grant;
        try
        {
            grant = await Job(jobId).AcquireAsync(new(workerId));
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // This job's storage is in trouble, which is no reason to let the others wait.
            scheduler.Refuse(jobId, retry: true, Now);
            return null;
        }

        if (grant is null)
        {
            scheduler.Refuse(jobId, retry: false, Now);
            return null;
        }

        scheduler.Grant(jobId, grant.Token);
        return new(grant, offer.Entry, offer.Quantum, offer.ExpiresIn);
    }

    private async Task<LeaseDirective?> TakeInAsync(string workerId, LeaseReport news)
    {
        int? remaining = news.Progress is { TotalSteps: > 0 } p ? p.TotalSteps - p.Step : null;
        LeaseAnswer answer;
        try
        {
            answer = await TellAsync(Job(news.JobId), news);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // Not taken in: the worker lives and goes on, and sends the same again.
            scheduler.Report(workerId, news.JobId, news.Token, remaining, Now);
            return null;
        }

        var ended = news.Release is not null || news.Completed is not null || news.Failed is not null;
        if (answer is LeaseAnswer.Lost || ended)
        {
            scheduler.End(news.JobId, news.Token);
            services.Bell.Ring(key);
            return new(news.JobId, news.Token, Directive.Stop);
        }

        return new(news.JobId, news.Token, scheduler.Report(workerId, news.JobId, news.Token, remaining, Now));
    }

    private static async Task<LeaseAnswer> TellAsync(IGenerationJob job, LeaseReport news)
    {
        // A plain sign of life asks the job as well: it is how a worker hears that its lease is lost.
        var progress = news.Progress ?? new StepProgress(news.Token, JobStage.Waiting, 0, 0, 0);
        var answer = await job.ReportAsync(progress with { Token = news.Token });
        if (answer is LeaseAnswer.Held && news.Checkpoint is { } checkpoint)
        {
            answer = await job.CheckpointAsync(checkpoint with { Token = news.Token });
        }

        return answer is LeaseAnswer.Lost ? answer : news switch
        {
            { Release: { } release } => await job.ReleaseAsync(release with { Token = news.Token }),
            { Completed: { } completed } => await job.CompleteAsync(completed with { Token = news.Token }),
            { Failed: { } failed } => await job.FailAsync(failed with { Token = news.Token }),
            _ => answer,
        };
    }

    private async Task ExpireAsync(ExpiredLease lease)
    {
        try
        {
            await Job(lease.JobId).ReleaseAsync(new(lease.Token, Lost: !lease.WorkerLives));
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // The job still believes in the lease; with the sweep's next announcement it runs out here once more.
        }
    }

    private async Task ControlAsync(Func<QueueControls, QueueControls> change)
    {
        Awake();
        var next = change(controls.Value ?? new());
        await controls.SaveAsync(next);
        Apply(next);
        services.Bell.Ring(key);
    }

    private void Apply(QueueControls told)
    {
        scheduler.Paused = told.Paused;
        scheduler.Drain(told.Draining);
    }

    private IGenerationJob Job(string jobId) => services.Entities.Get<IGenerationJob>(jobId);
}
