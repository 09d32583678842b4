using SoraCluster.Domain.Jobs;
using SoraCluster.Worker.Tests.Fakes;

namespace SoraCluster.Worker.Tests.Leases;

public sealed class BatchingTests
{
    [Fact]
    public async Task Run_OneJob_EndsCompletedWithEveryStepOnce()
    {
        await using var rig = new Rig().Start();
        var spec = Rig.Job("a", steps: 4);
        rig.Queue.Submit(spec);

        await rig.StepsAsync(4);
        await rig.Queue.UntilEndedAsync("a");

        var job = rig.Queue["a"];
        Assert.Equal("completed", job.End);
        Assert.Equal(["xyzzy"], job.UnknownWords!);
        Assert.Equal($"{FakeRun.Expected(spec)}", rig.Store.Text(job.Result!.Video));
        Assert.Equal($"jobs/a/1/video.mp4", job.Result.Video);
        Assert.All(
            (string[])[job.Result.Thumbnail, job.Result.SpriteSheet, job.Result.Latents], key => Assert.NotNull(rig.Store.Text(key)));
        Assert.InRange(job.DeviceSeconds, 0.04, 1);
    }

    [Fact]
    public async Task Run_SecondJobOfTheSameKey_JoinsAtTheNextBoundaryAndLeavesWhenDone()
    {
        await using var rig = new Rig().Start();
        rig.Queue.Submit(Rig.Job("a", steps: 5));
        var alone = await rig.Engine.NextStepAsync();
        rig.Queue.Submit(Rig.Job("b", steps: 2));
        await rig.Queue.UntilAsync(() => rig.Queue["b"].Stage == JobStage.Denoise);

        alone.Complete();
        var second = await rig.StepsAsync(1);
        var third = await rig.StepsAsync(1);
        var fourth = await rig.StepsAsync(1);

        Assert.Equal(["a"], alone.Jobs);
        Assert.Equal(["a", "b"], second.Jobs.Order());
        Assert.Equal(["a", "b"], third.Jobs.Order());
        Assert.Equal(["a"], fourth.Jobs);
        Assert.Equal(4, fourth.Runs[0].Step);
    }

    [Fact]
    public async Task Run_JobsOfDifferentKeys_NeverShareAPassAndTakeTurns()
    {
        await using var rig = new Rig().Start();
        rig.Queue.Submit(Rig.Job("a", steps: 6, seconds: 2));
        var first = await rig.Engine.NextStepAsync();
        rig.Queue.Submit(Rig.Job("b", steps: 6, seconds: 4));
        await rig.Queue.UntilAsync(() => rig.Queue["b"].Stage == JobStage.Denoise);
        first.Complete();

        var turns = new List<string>();
        for (var i = 0; i < 6; i++)
        {
            turns.Add(Assert.Single((await rig.StepsAsync(1)).Jobs));
        }

        Assert.Equal(3, turns.Count(turn => turn == "a"));
        Assert.Equal(3, turns.Count(turn => turn == "b"));
    }

    [Fact]
    public async Task Run_MoreRowsThanThePackAllows_StayOutOfThePass()
    {
        await using var rig = new Rig().Start();
        rig.Engine.Rows = 4;
        rig.Queue.Submit(Rig.Job("a"));
        var first = await rig.Engine.NextStepAsync();
        rig.Queue.Submit(Rig.Job("b"));
        rig.Queue.Submit(Rig.Job("c"));
        await rig.Queue.UntilAsync(() => rig.Queue["b"].Stage == JobStage.Denoise && rig.Queue["c"].Stage == JobStage.Denoise);
        first.Complete();

        var seen = new HashSet<string>();
        for (var i = 0; i < 4; i++)
        {
            var call = await rig.StepsAsync(1);
            Assert.Equal(2, call.Runs.Count);
            seen.UnionWith(call.Jobs);
        }

        Assert.Equal(["a", "b", "c"], seen.Order());
    }

    [Fact]
    public async Task Run_StepBeyondTheBudget_KeepsTheBigShapeAlone()
    {
        await using var rig = new Rig { Options = Rig.Default with { StepBudget = TimeSpan.FromSeconds(1) } };
        rig.Costs.Observe("tiny/2s", 2, TimeSpan.FromSeconds(0.9));
        rig.Costs.Observe("tiny/2s", 4, TimeSpan.FromSeconds(1.7));
        rig.Start();
        rig.Queue.Submit(Rig.Job("a"));
        var first = await rig.Engine.NextStepAsync();
        rig.Queue.Submit(Rig.Job("b"));
        await rig.Queue.UntilAsync(() => rig.Queue["b"].Stage == JobStage.Denoise);
        rig.Engine.StepTime = TimeSpan.FromSeconds(0.9);
        first.Complete();

        Assert.Single((await rig.StepsAsync(1)).Jobs);
        Assert.Single((await rig.StepsAsync(1)).Jobs);
        Assert.InRange(rig.Queue.Pulls[^1].FreeCost!.Value, 0.1, 0.2);
    }

    [Fact]
    public async Task Run_PullWhileAStepRuns_OverlapsIt()
    {
        await using var rig = new Rig().Start();
        rig.Queue.Submit(Rig.Job("a"));
        var step = await rig.Engine.NextStepAsync();

        // The step is still running when the next pull arrives, with room and the key to join.
        await rig.Queue.UntilAsync(() => rig.Queue.Pulls.Count > 1);

        Assert.Null(rig.Queue.Pulls[0].FreeCost);
        Assert.True(rig.Queue.Pulls[1].Free >= 1);
        step.Complete();
    }

    [Fact]
    public async Task Run_JobThatKilledAWorker_WaitsUntilNothingElseRunsAndLetsNothingIn()
    {
        await using var rig = new Rig().Start();
        rig.Queue.Submit(Rig.Job("a", steps: 3));
        var first = await rig.Engine.NextStepAsync();
        rig.Queue.Submit(Rig.Job("killer", steps: 2), alone: true);
        await rig.Queue.UntilAsync(() => rig.Queue["killer"].Holder is not null);
        rig.Queue.Submit(Rig.Job("c", steps: 2));
        first.Complete();

        var order = new List<string>();
        for (var i = 0; i < 6; i++)
        {
            order.Add(Assert.Single((await rig.StepsAsync(1)).Jobs));
        }

        Assert.Equal(["a", "a", "killer", "killer", "c", "c"], order);
    }
}
