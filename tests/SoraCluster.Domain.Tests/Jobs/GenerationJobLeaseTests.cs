using SoraCluster.Domain.Errors;
using SoraCluster.Domain.Jobs;
using SoraCluster.Domain.Steps;
using static SoraCluster.Testing.Hosting.TestCluster;

namespace SoraCluster.Domain.Tests.Jobs;

/// <summary>What workers do with a job, and what becomes of it when they are lost.</summary>
public sealed class GenerationJobLeaseTests : GenerationJobFixture
{
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
    public async Task Recover_QueueForgotAgainAndAgain_DeadWorkersLeaseStillExpires()
    {
        await RunAsync();
        for (var life = 0; life < 4; life++)
        {
            cluster.Entities.Deactivate<IStepQueue>("tiny");
            await cluster.SweepAsync();
            cluster.Clock.Advance(TimeSpan.FromSeconds(8));
            await cluster.Queue().TickAsync();
        }

        Assert.Equal(2, Assert.Single((await cluster.Queue().PullAsync(Pull("w2"))).Leases).Grant.Token);
    }
}
