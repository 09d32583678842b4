using SoraCluster.Domain.Artifacts;
using SoraCluster.Domain.Errors;
using SoraCluster.Domain.Jobs;
using SoraCluster.Domain.Steps;
using SoraCluster.Domain.Users;
using static SoraCluster.Testing.Hosting.TestCluster;

namespace SoraCluster.Domain.Tests.Jobs;

/// <summary>From submission to the end, and after it.</summary>
public sealed class GenerationJobTests : GenerationJobFixture
{
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
    public async Task Transitions_OfAnEndedJob_AllFailTheSameWay()
    {
        var ended = JobTransitions.Cancel(JobTransitions.Accept(Spec("a"), 20, default), default, new());
        Func<JobBody>[] changes =
        [
            () => JobTransitions.Lease(ended, "w", 0, default),
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
}
