using SoraCluster.Domain.Jobs;
using SoraCluster.Domain.Steps;
using SoraCluster.Testing.Hosting;

namespace SoraCluster.Testing.Steps;

/// <summary>What every way for workers to reach the queues must do. The entities are real; only the way differs.</summary>
public abstract class StepSourceConformance
{
    protected TestCluster Cluster { get; } = new();

    /// <summary>The way under test, to the entities of <see cref="Cluster"/>.</summary>
    protected abstract Task<IStepSource> ConnectAsync();

    [Fact]
    public async Task Pull_NothingWaits_IsEmpty()
    {
        var source = await ConnectAsync();

        Assert.Empty((await source.PullAsync(TestCluster.Pull(), default)).Leases);
    }

    [Fact]
    public async Task Pull_JobWaits_LeasesItWithAllItNeeds()
    {
        var source = await ConnectAsync();
        var spec = TestCluster.Spec("job-1") with { Prompt = "砂浜で赤いボールが跳ねる \"quoted\"", Seed = ulong.MaxValue, NegativePrompt = "fog" };
        await Cluster.SubmitAsync(spec);
        var lease = Assert.Single((await source.PullAsync(TestCluster.Pull(free: 3), default)).Leases);

        Assert.Equal(spec, lease.Grant.Spec);
        Assert.Equal((1, 0, null, false), (lease.Grant.Token, lease.Grant.FirstStep, lease.Grant.Checkpoint, lease.Grant.Alone));
        Assert.True(lease.Quantum > 0);
        Assert.True(lease.ExpiresIn >= Cluster.Queues.MinExpiry);
    }

    [Fact]
    public async Task Pull_RoomForTwo_LeasesTwo()
    {
        var source = await ConnectAsync();
        foreach (var id in new[] { "a", "b", "c" })
        {
            await Cluster.SubmitAsync(TestCluster.Spec(id));
        }

        Assert.Equal(2, (await source.PullAsync(TestCluster.Pull(free: 2), default)).Leases.Count);
        Assert.Empty((await source.PullAsync(TestCluster.Pull("w2", free: 0), default)).Leases);
        Assert.Single((await source.PullAsync(TestCluster.Pull("w2", free: 5), default)).Leases);
    }

    [Fact]
    public async Task Pull_OtherPack_IsEmpty()
    {
        var source = await ConnectAsync();
        await Cluster.SubmitAsync(TestCluster.Spec("a"));

        Assert.Empty((await source.PullAsync(TestCluster.Pull() with { Packs = ["other"] }, default)).Leases);
    }

    [Fact]
    public async Task Pull_Waiting_ReturnsWhenAJobComes()
    {
        var source = await ConnectAsync();
        var pull = source.PullAsync(TestCluster.Pull() with { Wait = TimeSpan.FromMinutes(1) }, default);
        await Cluster.SubmitAsync(TestCluster.Spec("a"));

        Assert.Equal("a", Assert.Single((await pull.WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System)).Leases).JobId);
    }

    [Fact]
    public async Task Pull_Cancelled_Throws()
    {
        var source = await ConnectAsync();
        using var cancelled = new CancellationTokenSource();
        var pull = source.PullAsync(TestCluster.Pull() with { Wait = TimeSpan.FromMinutes(1) }, cancelled.Token);
        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pull.WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System));
    }

    [Fact]
    public async Task Report_Progress_ReachesTheJobAndGoesOn()
    {
        var (source, lease) = await LeaseAsync();
        var answer = await ReportAsync(source, new LeaseReport(lease.JobId, 1, Progress: new(1, JobStage.Denoise, 3, 20, 0.3, ["zyx"])));

        Assert.Equal([new("a", 1, Directive.Continue)], answer);
        var job = (await Cluster.Job("a").GetAsync())!;
        Assert.Equal((JobStatus.InProgress, JobStage.Denoise, 3, 20), (job.Status, job.Stage, job.Step, job.TotalSteps));
        Assert.Equal(["zyx"], job.UnknownWords);
        Assert.Equal(0.3, job.DeviceSeconds, 6);
    }

    [Fact]
    public async Task Report_SameNewsTwice_CountsOnce()
    {
        var (source, lease) = await LeaseAsync();
        var news = new LeaseReport(lease.JobId, 1, Progress: new(1, JobStage.Denoise, 3, 20, 0.3));
        await ReportAsync(source, news);
        await ReportAsync(source, news);

        Assert.Equal(0.3, (await Cluster.Job("a").GetAsync())!.DeviceSeconds, 6);
    }

    [Fact]
    public async Task Report_CheckpointThenRelease_NextLeaseStartsThere()
    {
        var (source, lease) = await LeaseAsync();
        await ReportAsync(source, new LeaseReport(lease.JobId, 1, Checkpoint: new(1, 5, "jobs/a/checkpoints/1-5.safetensors")));
        var answer = await ReportAsync(source, new LeaseReport(
            lease.JobId, 1, Release: new(1, false, new(1, 7, "jobs/a/checkpoints/1-7.safetensors"))));
        var next = Assert.Single((await source.PullAsync(TestCluster.Pull("w2"), default)).Leases);

        Assert.Equal([new("a", 1, Directive.Stop)], answer);
        Assert.Equal((2, 7, "jobs/a/checkpoints/1-7.safetensors"), (next.Grant.Token, next.Grant.FirstStep, next.Grant.Checkpoint));
    }

    [Fact]
    public async Task Report_Completed_EndsTheJobOnce()
    {
        var (source, lease) = await LeaseAsync();
        var news = new LeaseReport(lease.JobId, 1, Completed: new(1, TestCluster.Result("a", 1), 0.5));

        Assert.Equal([new("a", 1, Directive.Stop)], await ReportAsync(source, news));
        Assert.Equal([new("a", 1, Directive.Stop)], await ReportAsync(source, news));
        var job = (await Cluster.Job("a").GetAsync())!;
        Assert.Equal((JobStatus.Completed, TestCluster.Result("a", 1)), (job.Status, job.Result));
        Assert.Single(Cluster.Events.Of("a"), s => s.Ended);
    }

    [Fact]
    public async Task Report_Failed_EndsTheJobWithItsReason()
    {
        var (source, lease) = await LeaseAsync();
        await ReportAsync(source, new LeaseReport(lease.JobId, 1, Failed: new(1, new(Domain.Errors.SoraErrorCode.OutOfMemory, "Too big."))));
        var job = (await Cluster.Job("a").GetAsync())!;

        Assert.Equal((JobStatus.Failed, "Too big."), (job.Status, job.Error!.Message));
    }

    [Fact]
    public async Task Report_LeaseOvertaken_StopsAndChangesNothing()
    {
        var (source, lease) = await LeaseAsync();
        await Cluster.Job("a").AcquireAsync(new("w2"));
        var answer = await ReportAsync(source, new LeaseReport(lease.JobId, 1, Completed: new(1, TestCluster.Result("a", 1), 0.5)));

        Assert.Equal([new("a", 1, Directive.Stop)], answer);
        Assert.Equal(JobStatus.Queued, (await Cluster.Job("a").GetAsync())!.Status);
    }

    [Fact]
    public async Task Report_JobCancelled_Stops()
    {
        var (source, lease) = await LeaseAsync();
        await Cluster.Job("a").CancelAsync();

        Assert.Equal([new("a", 1, Directive.Stop)], await ReportAsync(source, new LeaseReport(lease.JobId, 1)));
    }

    [Fact]
    public async Task Report_JobUnknown_Stops()
    {
        var source = await ConnectAsync();

        Assert.Equal([new("gone", 4, Directive.Stop)], await ReportAsync(source, new LeaseReport("gone", 4)));
    }

    [Fact]
    public async Task Report_LeaseFromBeforeTheProcessStarted_IsTakenIn()
    {
        await Cluster.SubmitAsync(TestCluster.Spec("a"));
        await Cluster.Job("a").AcquireAsync(new("w1"));
        var source = await ConnectAsync();

        Assert.Equal(
            [new("a", 1, Directive.Continue)],
            await ReportAsync(source, new LeaseReport("a", 1, Progress: new(1, JobStage.Denoise, 1, 20, 0.1))));
    }

    private async Task<(IStepSource Source, Lease Lease)> LeaseAsync()
    {
        var source = await ConnectAsync();
        await Cluster.SubmitAsync(TestCluster.Spec("a"));
        return (source, Assert.Single((await source.PullAsync(TestCluster.Pull(), default)).Leases));
    }

    private static async Task<IReadOnlyList<LeaseDirective>> ReportAsync(IStepSource source, params LeaseReport[] news) =>
        (await source.ReportAsync(new("w1", news), default)).Directives;
}
