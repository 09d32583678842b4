using SoraCluster.Domain.Errors;
using SoraCluster.Domain.Jobs;
using SoraCluster.Media;
using SoraCluster.Worker.Tests.Fakes;

namespace SoraCluster.Worker.Tests.Leases;

public sealed class FaultTests
{
    [Fact]
    public async Task Step_OneJobPoisonsThePass_OnlyItFails()
    {
        await using var rig = new Rig();
        var good = new[] { Rig.Job("a", steps: 8), Rig.Job("b", steps: 8) };
        await BatchOfThreeAsync(rig, good, Rig.Job("poison", steps: 8), call =>
        {
            if (call.Jobs.Contains("poison") && call.Runs.Single(run => run.Spec.Id == "poison").Step == 2)
            {
                call.Fail(new InvalidOperationException("NaN"));
            }
            else
            {
                call.Complete();
            }
        });

        Assert.Equal("failed", rig.Queue["poison"].End);
        Assert.Equal(SoraErrorCode.WorkerFailed, rig.Queue["poison"].Error!.Code);
        foreach (var spec in good)
        {
            Assert.Equal($"{FakeRun.Expected(spec)}", rig.Store.Text(rig.Queue[spec.Id].Result!.Video));
        }
    }

    [Fact]
    public async Task Step_TogetherTheyDoNotFit_SmallerPassesFinishEveryJob()
    {
        await using var rig = new Rig();
        var specs = new[] { Rig.Job("a", steps: 8), Rig.Job("b", steps: 8), Rig.Job("c", steps: 8) };
        var largest = 0;
        await BatchOfThreeAsync(rig, specs[..2], specs[2], call =>
        {
            if (call.Runs.Count > 1)
            {
                largest = Math.Max(largest, call.Runs.Count);
                call.Fail(new OutOfMemoryException());
            }
            else
            {
                call.Complete();
            }
        });

        Assert.Equal(3, largest);
        foreach (var spec in specs)
        {
            Assert.Equal("completed", rig.Queue[spec.Id].End);
            Assert.Equal($"{FakeRun.Expected(spec)}", rig.Store.Text(rig.Queue[spec.Id].Result!.Video));
        }
    }

    [Fact]
    public async Task Step_ClipTooBigEvenAlone_FailsAsOutOfMemory()
    {
        await using var rig = new Rig().Start();
        rig.Queue.Submit(Rig.Job("a"));
        (await rig.Engine.NextStepAsync()).Fail(new OutOfMemoryException());

        await rig.Queue.UntilEndedAsync("a");

        Assert.Equal(SoraErrorCode.OutOfMemory, rig.Queue["a"].Error!.Code);
    }

    [Fact]
    public async Task Step_OneJobCannotApplyIt_TheOthersHaveMoved()
    {
        await using var rig = new Rig().Start();
        rig.Queue.Submit(Rig.Job("a"));
        var first = await rig.Engine.NextStepAsync();
        rig.Queue.Submit(Rig.Job("b"));
        await rig.Queue.UntilAsync(() => rig.Queue["b"].Stage == JobStage.Denoise);
        first.Complete();
        (await rig.Engine.NextStepAsync()).FailOne("b", new InvalidOperationException("bad state"));

        var third = await rig.Engine.NextStepAsync();
        await rig.Queue.UntilEndedAsync("b");

        Assert.Equal(["a"], third.Jobs);
        Assert.Equal(2, third.Runs[0].Step);
        Assert.Equal("failed", rig.Queue["b"].End);
        third.Complete();
    }

    [Fact]
    public async Task Open_PromptThatTheModelRefuses_FailsThatJobWithTheModelsWords()
    {
        await using var rig = new Rig().Start();
        rig.Engine.OnOpen = spec =>
        {
            if (spec.Id == "bad")
            {
                throw new ArgumentOutOfRangeException("Frames", 1000, "Frames must be 1 to 96.");
            }
        };
        rig.Engine.Auto = call => call.Complete();
        rig.Queue.Submit(Rig.Job("bad"));
        rig.Queue.Submit(Rig.Job("good"));

        await rig.Queue.UntilEndedAsync("bad");
        await rig.Queue.UntilEndedAsync("good");

        Assert.Equal(SoraErrorCode.InvalidRequest, rig.Queue["bad"].Error!.Code);
        Assert.Equal("The model refused the request: Frames must be 1 to 96.", rig.Queue["bad"].Error!.Message);
        Assert.Equal("completed", rig.Queue["good"].End);
    }

    [Theory]
    [InlineData(MediaFailure.ToolMissing, SoraErrorCode.MediaFailed, "ffmpeg")]
    [InlineData(MediaFailure.ToolFailed, SoraErrorCode.MediaFailed, "ffmpeg failed")]
    [InlineData(MediaFailure.Stalled, SoraErrorCode.MediaFailed, "no progress")]
    [InlineData(MediaFailure.Storage, SoraErrorCode.StorageFailed, "disk")]
    public async Task Finish_EncoderFails_FailsThatJobAndKeepsPathsOutOfTheMessage(MediaFailure failure, SoraErrorCode code, string words)
    {
        await using var rig = new Rig().Start();
        rig.Engine.OnFinish = (spec, _) => spec.Id == "bad"
            ? throw new MediaException(failure, "/secret/path: no")
            : Task.CompletedTask;
        rig.Engine.Auto = call => call.Complete();
        rig.Queue.Submit(Rig.Job("bad"));
        rig.Queue.Submit(Rig.Job("good"));

        await rig.Queue.UntilEndedAsync("bad");
        await rig.Queue.UntilEndedAsync("good");

        Assert.Equal(code, rig.Queue["bad"].Error!.Code);
        Assert.Contains(words, rig.Queue["bad"].Error!.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("/secret", rig.Queue["bad"].Error!.Message, StringComparison.Ordinal);
        Assert.Equal("completed", rig.Queue["good"].End);
    }

    [Fact]
    public async Task Step_NeverEnds_WorkerEndsWithAnErrorAndStopsRenewingItsLeases()
    {
        await using var rig = new Rig { Options = Rig.Default with { StepLimit = TimeSpan.FromMinutes(3) } }.Start();
        rig.Queue.Submit(Rig.Job("a"));
        await rig.Engine.NextStepAsync();
        var ended = rig.Ended;

        await rig.AdvanceUntilAsync(() => ended.IsCompleted);

        await Assert.ThrowsAsync<TimeoutException>(() => ended);
    }

    /// <summary>Runs three jobs to their ends, sharing passes from the second step on.</summary>
    private static async Task BatchOfThreeAsync(Rig rig, JobSpec[] two, JobSpec third, Action<StepCall> decide)
    {
        rig.Start();
        rig.Queue.Submit(two[0]);
        var first = await rig.Engine.NextStepAsync();
        rig.Queue.Submit(two[1]);
        rig.Queue.Submit(third);
        await rig.Queue.UntilAsync(() =>
            rig.Queue[two[1].Id].Stage == JobStage.Denoise && rig.Queue[third.Id].Stage == JobStage.Denoise);
        rig.Engine.Auto = decide;
        first.Complete();
        await rig.Queue.UntilEndedAsync(two[0].Id);
        await rig.Queue.UntilEndedAsync(two[1].Id);
        await rig.Queue.UntilEndedAsync(third.Id);
    }
}
