using SoraCluster.Domain.Artifacts;
using SoraCluster.Domain.Errors;
using SoraCluster.Domain.Jobs;
using SoraCluster.Domain.Steps;
using SoraCluster.Domain.Users;
using SoraCluster.Testing.Hosting;
using static SoraCluster.Testing.Hosting.TestCluster;

namespace SoraCluster.Domain.Tests.Jobs;

public sealed class GenerationJobTests
{
    private readonly TestCluster cluster = new() { Quotas = new() { Limit = 2 } };

    private IGenerationJob A => cluster.Job("a");

    [Fact]
    public async Task Submit_Accepted_IsStoredIndexedCountedAndAnnounced()
    {
        var answer = await A.SubmitAsync(Spec("a"));

        Assert.True(answer.Created);
        Assert.Equal((JobStatus.Queued, 20, 0), (answer.Job!.Status, answer.Job.TotalSteps, answer.Job.Progress));
        Assert.Equal(["a"], cluster.Index.Unfinished);
        Assert.Equal(1, await UsedAsync());
        Assert.Equal(1, (await cluster.Queue().GetStatusAsync()).Waiting[ServiceClass.Standard]);
    }

    [Fact]
    public async Task Submit_SameAgain_IsTheSameJob()
    {
        await A.SubmitAsync(Spec("a") with { RequestDigest = "d1" });
        var again = await A.SubmitAsync(Spec("a") with { RequestDigest = "d1", Seed = 99 });

        Assert.Equal((false, 7UL), (again.Created, again.Job!.Spec.Seed));
        Assert.Equal(1, await UsedAsync());
    }

    [Theory]
    [InlineData("d1", "d2")]
    [InlineData(null, null)]
    public async Task Submit_OtherRequestUnderTheSameId_IsAConflict(string? first, string? second)
    {
        await A.SubmitAsync(Spec("a") with { RequestDigest = first });
        var other = await A.SubmitAsync(Spec("a") with { RequestDigest = second, Prompt = "another" });

        Assert.Equal(SoraErrorCode.IdempotencyConflict, other.Refusal!.Code);
        Assert.Null(other.Job);
    }

    [Fact]
    public async Task Submit_AllowanceUsedUp_LeavesNothing()
    {
        await cluster.SubmitAsync(Spec("x"));
        await cluster.SubmitAsync(Spec("y"));
        var refused = await A.SubmitAsync(Spec("a"));

        Assert.Equal(SoraErrorCode.RateLimitExceeded, refused.Refusal!.Code);
        Assert.Null(await A.GetAsync());
        Assert.DoesNotContain("a", cluster.Index.Known);
        Assert.False(cluster.Store.Contains<JobState>("a"));
        Assert.Equal(2, await UsedAsync());
    }

    [Fact]
    public async Task Submit_CrashBeforeStoring_IsUndoneBySweepAndMayBeRetried()
    {
        cluster.Store.BeforeWrite = (type, _) => type == nameof(JobState) ? throw new IOException("power") : Task.CompletedTask;
        await Assert.ThrowsAsync<IOException>(() => A.SubmitAsync(Spec("a")));
        cluster.Store.BeforeWrite = null;
        cluster.Entities.Deactivate<IGenerationJob>("a");
        Assert.Equal(1, await UsedAsync());
        await cluster.SweepAsync();
        Assert.Equal(0, await UsedAsync());
        Assert.Empty(cluster.Index.Known);

        Assert.True((await A.SubmitAsync(Spec("a"))).Created);
        Assert.Equal(1, await UsedAsync());
        await A.CancelAsync();
        Assert.Equal(0, await UsedAsync());
    }

    [Fact]
    public async Task Submit_StoredButAnswerLost_SweepKeepsTheJob()
    {
        cluster.Store.AfterWrite = (type, _) => type == nameof(JobState) ? throw new IOException("power") : Task.CompletedTask;
        await Assert.ThrowsAsync<IOException>(() => A.SubmitAsync(Spec("a")));
        cluster.Store.AfterWrite = null;

        // The activation still believes that nothing is stored; undoing must not be possible from there.
        var sweep = await cluster.SweepAsync();
        Assert.Equal(1, sweep.Failed);
        await cluster.SweepAsync();

        Assert.Equal(JobStatus.Queued, (await A.GetAsync())!.Status);
        Assert.Equal(1, await UsedAsync());
        Assert.Single((await cluster.Queue().PullAsync(Pull())).Leases);
    }

    [Fact]
    public async Task Submit_AllowanceUsedUpBetweenAskingAndTaking_IsUndone()
    {
        // Others take the slots while this one is being listed.
        cluster.Index.BeforeChange = async _ =>
        {
            cluster.Index.BeforeChange = null;
            await cluster.User("ann").ReserveAsync(new("x"));
            await cluster.User("ann").ReserveAsync(new("y"));
        };
        Assert.Equal(SoraErrorCode.RateLimitExceeded, (await A.SubmitAsync(Spec("a"))).Refusal!.Code);
        Assert.Empty(cluster.Index.Known);
        await cluster.User("ann").SettleAsync(new("x", Keep: false));

        // A reservation of that try that arrives only now takes nothing; a new try does.
        await cluster.User("ann").ReserveAsync(new("a"));
        Assert.Equal(1, await UsedAsync());
        Assert.True((await A.SubmitAsync(Spec("a"))).Created);
        Assert.Equal(2, await UsedAsync());
    }

    [Fact]
    public async Task Acquire_EveryTime_TokenGrowsAcrossActivations()
    {
        await A.SubmitAsync(Spec("a"));
        Assert.Equal(1, (await A.AcquireAsync(new("w1")))!.Token);
        cluster.Entities.Deactivate<IGenerationJob>("a");
        Assert.Equal(2, (await A.AcquireAsync(new("w2")))!.Token);
        Assert.Equal(3, (await A.AcquireAsync(new("w1")))!.Token);
    }

    [Fact]
    public async Task Calls_WithAnOldToken_AreLostAndChangeNothing()
    {
        await A.SubmitAsync(Spec("a"));
        await A.AcquireAsync(new("w1"));
        await A.AcquireAsync(new("w2"));
        var before = await A.GetAsync();

        Assert.Equal(LeaseAnswer.Lost, await A.ReportAsync(new(1, JobStage.Denoise, 9, 20, 1)));
        Assert.Equal(LeaseAnswer.Lost, await A.CheckpointAsync(new(1, 9, "x")));
        Assert.Equal(LeaseAnswer.Lost, await A.ReleaseAsync(new(1, true)));
        Assert.Equal(LeaseAnswer.Lost, await A.CompleteAsync(new(1, Result("a", 1), 1)));
        Assert.Equal(LeaseAnswer.Lost, await A.FailAsync(new(1, new(SoraErrorCode.Internal, "x"))));
        Assert.Equal(before!.Version, (await A.GetAsync())!.Version);
    }

    [Fact]
    public async Task Report_FirstOne_StartsTheJobDurably()
    {
        await A.SubmitAsync(Spec("a"));
        await A.AcquireAsync(new("w1"));
        Assert.Equal(JobStatus.Queued, (await A.GetAsync())!.Status);
        await A.ReportAsync(new(1, JobStage.Encode, 0, 20, 0.1));
        cluster.Entities.Deactivate<IGenerationJob>("a");

        var job = (await A.GetAsync())!;
        Assert.Equal((JobStatus.InProgress, cluster.Clock.GetUtcNow()), (job.Status, job.StartedAt));
    }

    [Fact]
    public async Task Report_OlderThanKnown_DoesNotGoBack()
    {
        await A.SubmitAsync(Spec("a"));
        await A.AcquireAsync(new("w1"));
        await A.ReportAsync(new(1, JobStage.Denoise, 5, 20, 1));
        await A.ReportAsync(new(1, JobStage.Denoise, 3, 20, 1));
        await A.ReportAsync(new(1, JobStage.Decode, 20, 20, 1));
        await A.ReportAsync(new(1, JobStage.Denoise, 19, 20, 1));

        var job = (await A.GetAsync())!;
        Assert.Equal((JobStage.Decode, 20, 2.0), (job.Stage, job.Step, job.DeviceSeconds));
    }

    [Fact]
    public async Task Versions_OfEverythingPublished_Grow()
    {
        await A.SubmitAsync(Spec("a"));
        await A.AcquireAsync(new("w1"));
        for (var step = 1; step <= 7; step++)
        {
            await A.ReportAsync(new(1, JobStage.Denoise, step, 20, 0.1));
        }

        await A.CheckpointAsync(new(1, 5, "jobs/a/checkpoints/1-5.safetensors"));
        await A.ReleaseAsync(new(1, true));
        await A.AcquireAsync(new("w2"));
        await A.ReportAsync(new(2, JobStage.Denoise, 6, 20, 0.1));
        await A.CompleteAsync(new(2, Result("a", 2), 0.1));

        var versions = cluster.Events.Of("a").Select(s => s.Version).ToArray();
        Assert.Equal(versions.Order(), versions);
    }

    [Fact]
    public async Task Events_FirstStepAndCheckpointsAreStored_NoStageIsToldAgain()
    {
        await A.SubmitAsync(Spec("a"));
        await A.AcquireAsync(new("w1"));
        await A.ReportAsync(new(1, JobStage.Encode, 0, 20, 0));
        await A.ReportAsync(new(1, JobStage.Denoise, 6, 20, 1));
        await A.CheckpointAsync(new(1, 5, "jobs/a/checkpoints/1-5.safetensors"));
        await A.ReportAsync(new(1, JobStage.Decode, 20, 20, 1));
        await A.CheckpointAsync(new(1, 20, "jobs/a/checkpoints/1-20.safetensors"));

        Assert.Equal(
            [(JobStage.Waiting, 0), (JobStage.Encode, 0), (JobStage.Denoise, 6), (JobStage.Decode, 20)],
            cluster.Events.Of("a").Select(e => (e.Stage, e.Step)).Distinct());
        Assert.Equal(2, (await A.GetAsync())!.DeviceSeconds);
    }

    [Fact]
    public async Task Release_Lost_RedoesOnlyStepsSinceTheCheckpointAndRunsAlone()
    {
        await A.SubmitAsync(Spec("a"));
        await A.AcquireAsync(new("w1"));
        await A.ReportAsync(new(1, JobStage.Denoise, 5, 20, 1));
        await A.CheckpointAsync(new(1, 5, "jobs/a/checkpoints/1-5.safetensors"));
        await A.ReportAsync(new(1, JobStage.Denoise, 8, 20, 1));
        await A.ReleaseAsync(new(1, Lost: true));
        var grant = (await A.AcquireAsync(new("w2")))!;

        Assert.Equal((5, "jobs/a/checkpoints/1-5.safetensors", true), (grant.FirstStep, grant.Checkpoint, grant.Alone));
        Assert.Equal(3, (await A.GetAsync())!.StepsRedone);
    }

    [Fact]
    public async Task Release_LostThreeTimesInARow_FailsWithARefund()
    {
        await A.SubmitAsync(Spec("a"));
        for (var loss = 1; loss <= 3; loss++)
        {
            Assert.Equal(loss > 1, (await A.AcquireAsync(new($"w{loss}")))!.Alone);
            await A.ReleaseAsync(new(loss, Lost: true));
        }

        var job = (await A.GetAsync())!;
        Assert.Equal((JobStatus.Failed, SoraErrorCode.WorkerFailed), (job.Status, job.Error!.Code));
        Assert.Equal(0, await UsedAsync());
        Assert.Null(await A.AcquireAsync(new("w4")));
        Assert.Empty(cluster.Index.Unfinished);
    }

    [Fact]
    public async Task Release_LostWithProgressBetween_GoesOn()
    {
        await A.SubmitAsync(Spec("a"));
        for (var loss = 1; loss <= 6; loss++)
        {
            var grant = (await A.AcquireAsync(new($"w{loss}")))!;
            await A.CheckpointAsync(new(loss, loss, $"jobs/a/checkpoints/{loss}-{loss}.safetensors"));
            await A.ReleaseAsync(new(loss, Lost: true));
        }

        Assert.Equal(JobStatus.InProgress, (await A.GetAsync())!.Status);
    }

    [Fact]
    public async Task Release_LostTooOftenInAll_FailsDespiteProgress()
    {
        await A.SubmitAsync(Spec("a", steps: 100));
        for (var loss = 1; loss <= cluster.Jobs.MaxLosses; loss++)
        {
            await A.AcquireAsync(new($"w{loss}"));
            await A.CheckpointAsync(new(loss, loss, $"jobs/a/checkpoints/{loss}-{loss}.safetensors"));
            await A.ReleaseAsync(new(loss, Lost: true));
        }

        Assert.Equal(JobStatus.Failed, (await A.GetAsync())!.Status);
    }

    [Fact]
    public async Task Checkpoint_Newer_RemovesTheFormerAndKeepsWhatItNeeds()
    {
        await A.SubmitAsync(Spec("a"));
        await A.AcquireAsync(new("w1"));
        foreach (var step in new[] { 5, 10 })
        {
            var key = JobArtifacts.Checkpoint("a", 1, step);
            await cluster.Artifacts.WriteAsync(key, (_, _) => Task.CompletedTask);
            await A.CheckpointAsync(new(1, step, key));
        }

        Assert.Null(await cluster.Artifacts.GetInfoAsync(JobArtifacts.Checkpoint("a", 1, 5)));
        Assert.NotNull(await cluster.Artifacts.GetInfoAsync(JobArtifacts.Checkpoint("a", 1, 10)));
    }

    [Fact]
    public async Task Complete_Once_KeepsTheSlotAndCleansUp()
    {
        await RunAsync();
        await cluster.Artifacts.WriteAsync(JobArtifacts.Checkpoint("a", 1, 5), (_, _) => Task.CompletedTask);
        await A.CompleteAsync(new(1, Result("a", 1), 0.5));

        var job = (await A.GetAsync())!;
        Assert.Equal((JobStatus.Completed, 100, 20), (job.Status, job.Progress, job.Step));
        Assert.Equal(cluster.Clock.GetUtcNow() + cluster.Jobs.ClipLifetime, job.ExpiresAt);
        Assert.Equal(1, await UsedAsync());
        Assert.Empty(cluster.Index.Unfinished);
        Assert.Null(await cluster.Artifacts.GetInfoAsync(JobArtifacts.Checkpoint("a", 1, 5)));
        Assert.Equal(LeaseAnswer.Lost, await A.FailAsync(new(1, new(SoraErrorCode.Internal, "late"))));
        Assert.Equal(JobStatus.Completed, (await A.CancelAsync())!.Status);
    }

    [Fact]
    public async Task Fail_UserUnreachable_StaysUnfinishedUntilTheSweepSettles()
    {
        await RunAsync();
        cluster.Store.BeforeWrite = (type, _) => type == nameof(UserState) ? throw new IOException("down") : Task.CompletedTask;
        Assert.Equal(LeaseAnswer.Held, await A.FailAsync(new(1, new(SoraErrorCode.OutOfMemory, "Too big."))));
        Assert.Equal((JobStatus.Failed, 1), ((await A.GetAsync())!.Status, await UsedAsync()));
        Assert.Equal(["a"], cluster.Index.Unfinished);
        cluster.Store.BeforeWrite = null;
        await cluster.SweepAsync();

        Assert.Equal(0, await UsedAsync());
        Assert.Empty(cluster.Index.Unfinished);
    }

    [Fact]
    public async Task Complete_SaveFails_CanBeSentAgain()
    {
        await RunAsync();
        cluster.Store.BeforeWrite = (_, _) => throw new IOException("full");
        await Assert.ThrowsAsync<IOException>(() => A.CompleteAsync(new(1, Result("a", 1), 0.5)));
        Assert.Equal(JobStatus.InProgress, (await A.GetAsync())!.Status);
        cluster.Store.BeforeWrite = null;

        Assert.Equal(LeaseAnswer.Held, await A.CompleteAsync(new(1, Result("a", 1), 0.5)));
    }

    [Fact]
    public async Task Cancel_Running_GivesTheSlotBackAndTellsTheWorker()
    {
        await RunAsync();
        var job = (await A.CancelAsync())!;

        Assert.Equal((JobStatus.Cancelled, SoraErrorCode.Cancelled), (job.Status, job.Error!.Code));
        Assert.Equal(0, await UsedAsync());
        Assert.Equal(LeaseAnswer.Lost, await A.ReportAsync(new(1, JobStage.Denoise, 9, 20, 1)));
        Assert.Empty((await cluster.Queue().PullAsync(Pull())).Leases);
    }

    [Fact]
    public async Task Delete_Completed_RemovesEverythingButTheCount()
    {
        await RunAsync();
        await cluster.Artifacts.WriteAsync("jobs/a/1/video.mp4", (_, _) => Task.CompletedTask);
        await A.CompleteAsync(new(1, Result("a", 1), 0.5));

        Assert.True(await A.DeleteAsync());
        Assert.False(await A.DeleteAsync());
        Assert.Null(await A.GetAsync());
        Assert.Empty(cluster.Index.Known);
        Assert.Null(await cluster.Artifacts.GetInfoAsync("jobs/a/1/video.mp4"));
        Assert.Equal(1, await UsedAsync());
    }

    [Fact]
    public async Task Delete_StoreInTrouble_IsTakenUpAgain()
    {
        await RunAsync();
        cluster.Artifacts.BeforeChange = _ => throw new ArtifactStoreException("down");
        await Assert.ThrowsAsync<ArtifactStoreException>(A.DeleteAsync);
        Assert.Null(await A.GetAsync());
        cluster.Artifacts.BeforeChange = null;
        await cluster.SweepAsync();

        Assert.Empty(cluster.Index.Known);
        Assert.Null(cluster.Store.Load<JobState>("a").Value!.Body);
        Assert.Equal(0, await UsedAsync());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("digest")]
    public async Task Submit_DeletedVideo_IsRefusedSoThatNoneComesBackOrIsMadeUncounted(string? digest)
    {
        await A.SubmitAsync(Spec("a") with { RequestDigest = digest });
        await A.DeleteAsync();

        Assert.Equal(SoraErrorCode.IdempotencyConflict, (await A.SubmitAsync(Spec("a") with { RequestDigest = digest })).Refusal!.Code);
    }

    [Fact]
    public async Task Sweep_ClipsPastTheirTime_AreDeleted()
    {
        await RunAsync();
        await A.CompleteAsync(new(1, Result("a", 1), 0.5));
        cluster.Clock.Advance(cluster.Jobs.ClipLifetime - TimeSpan.FromTicks(1));
        Assert.Equal(0, (await cluster.SweepAsync()).Expired);
        cluster.Clock.Advance(TimeSpan.FromTicks(1));

        Assert.Equal(1, (await cluster.SweepAsync()).Expired);
        Assert.Null(await A.GetAsync());
        Assert.False(cluster.Store.Contains<JobState>("a"));
    }

    [Fact]
    public async Task Recover_HolderIsDead_GivesTheJobToAnotherAtOnce()
    {
        await RunAsync();
        cluster.Entities.Deactivate<IStepQueue>("tiny");
        cluster.Workers.Dead.Add("w1");
        await cluster.SweepAsync();

        var lease = Assert.Single((await cluster.Queue().PullAsync(Pull("w2"))).Leases);
        Assert.Equal((2, true), (lease.Grant.Token, lease.Grant.Alone));
    }

    [Fact]
    public async Task Recover_QueueForgot_HolderKeepsItsLeaseUntilItExpires()
    {
        await RunAsync();
        cluster.Entities.Deactivate<IStepQueue>("tiny");
        await cluster.SweepAsync();
        Assert.Empty((await cluster.Queue().PullAsync(Pull("w2"))).Leases);
        Assert.Equal(LeaseAnswer.Held, await A.ReportAsync(new(1, JobStage.Denoise, 2, 20, 1)));
        cluster.Clock.Advance(TimeSpan.FromMinutes(2));
        await cluster.Queue().TickAsync();

        Assert.Equal(2, Assert.Single((await cluster.Queue().PullAsync(Pull("w2"))).Leases).Grant.Token);
    }

    [Fact]
    public async Task Transitions_OfAnEndedJob_AllFailTheSameWay()
    {
        var ended = JobTransitions.Cancel(JobTransitions.Accept(Spec("a"), 20, default), default, new());
        Func<JobBody>[] changes =
        [
            () => JobTransitions.Lease(ended, "w", 0),
            () => JobTransitions.Start(ended, default),
            () => JobTransitions.Checkpoint(ended, new(1, 1, "x"), default),
            () => JobTransitions.GiveBack(ended, 0),
            () => JobTransitions.Lose(ended, 0),
            () => JobTransitions.Complete(ended, Result("a", 1), default, new()),
            () => JobTransitions.Fail(ended, new(SoraErrorCode.Internal, "x"), default, new()),
            () => JobTransitions.Cancel(ended, default, new()),
        ];

        Assert.All(changes, c => Assert.Equal(SoraErrorCode.Conflict, Assert.Throws<SoraException>(() => { c(); }).Error.Code));
        await Task.CompletedTask;
    }

    private async Task RunAsync()
    {
        await A.SubmitAsync(Spec("a"));
        await A.AcquireAsync(new("w1"));
        await A.ReportAsync(new(1, JobStage.Denoise, 1, 20, 0.1));
    }

    private async Task<int> UsedAsync() => (await cluster.User("ann").GetAllowanceAsync()).Used;
}
