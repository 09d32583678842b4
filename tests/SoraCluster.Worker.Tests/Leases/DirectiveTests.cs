using SoraCluster.Domain.Jobs;
using SoraCluster.Domain.Steps;
using SoraCluster.Worker.Tests.Fakes;

namespace SoraCluster.Worker.Tests.Leases;

public sealed class DirectiveTests
{
    [Fact]
    public async Task Yield_DuringAStep_LeavesAfterItWithACheckpoint()
    {
        await using var rig = new Rig { Options = Rig.Default with { WarmJobs = 0 } }.Start();
        rig.Queue.Submit(Rig.Job("a"));
        await rig.StepsAsync(2);
        var third = await rig.Engine.NextStepAsync();
        await AskBackAsync(rig, "a", () => rig.Queue["a"].Step == 2);

        third.Complete();
        await rig.Queue.UntilAsync(() => rig.Queue["a"].Releases == 1);

        Assert.Equal(3, rig.Queue["a"].CheckpointStep);
        Assert.NotNull(rig.Store.Text("jobs/a/checkpoints/1-3.safetensors"));
    }

    [Fact]
    public async Task Yield_JobComesBack_GoesOnWithoutReadingItsCheckpoint()
    {
        await using var rig = new Rig().Start();
        var spec = Rig.Job("a", steps: 6);
        rig.Queue.Submit(spec);
        await rig.StepsAsync(2);
        var third = await rig.Engine.NextStepAsync();
        await AskBackAsync(rig, "a", () => rig.Queue["a"].Step == 2);
        third.Complete();

        var fourth = await rig.Engine.NextStepAsync();

        Assert.Equal(3, fourth.Runs[0].Step);
        Assert.Same(third.Runs[0], fourth.Runs[0]);
        Assert.Equal(0, rig.Store.Reads);
        fourth.Complete();
        await rig.StepsAsync(2);
        await rig.Queue.UntilEndedAsync("a");
        Assert.Equal($"{FakeRun.Expected(spec)}", rig.Store.Text(rig.Queue["a"].Result!.Video));
        Assert.Equal(2, rig.Queue["a"].Token);
    }

    [Fact]
    public async Task Yield_OneOfABatch_TheOthersGoOn()
    {
        await using var rig = new Rig().Start();
        rig.Queue.Submit(Rig.Job("a"));
        var first = await rig.Engine.NextStepAsync();
        rig.Queue.Submit(Rig.Job("b"));
        await rig.Queue.UntilAsync(() => rig.Queue["b"].Stage == JobStage.Denoise);
        first.Complete();
        var second = await rig.Engine.NextStepAsync();
        rig.Queue.Answer = report => report.JobId == "b" && report.Token == 1 ? Directive.Yield : Directive.Continue;
        rig.Queue.OnPull = _ => new TaskCompletionSource().Task;
        await rig.AdvanceUntilAsync(() => rig.Queue.Reports.Count(report => report.JobId == "b") > 3);

        second.Complete();
        var third = await rig.StepsAsync(1);

        Assert.Equal(["a", "b"], second.Jobs.Order());
        Assert.Equal(["a"], third.Jobs);
    }

    [Fact]
    public async Task Stop_DuringAStep_TakesNoFurtherStepAndStoresNothing()
    {
        await using var rig = new Rig().Start();
        rig.Queue.Submit(Rig.Job("a"));
        await rig.StepsAsync(2);
        var third = await rig.Engine.NextStepAsync();
        await rig.Queue.UntilAsync(() => rig.Queue["a"].Step == 2);
        rig.Queue.Cancel("a");
        var told = rig.Queue.Reports.Count;
        await rig.AdvanceUntilAsync(() => rig.Queue.Reports.Count > told);
        rig.Queue.Submit(Rig.Job("b", steps: 1));

        third.Complete();
        var next = await rig.Engine.NextStepAsync();
        await rig.IdleAsync();

        Assert.Equal(["b"], next.Jobs);
        Assert.True(third.Runs[0].Disposed);
        Assert.Empty(rig.Store.Keys);
        next.Complete();
    }

    [Fact]
    public async Task Stop_WhileDecoding_CancelsTheDecoderAndDropsTheResult()
    {
        await using var rig = new Rig().Start();
        var decoding = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        rig.Engine.OnFinish = async (_, token) =>
        {
            decoding.SetResult();
            await using var registration = token.Register(cancelled.SetResult);
            await Task.Delay(Timeout.InfiniteTimeSpan, rig.Clock, token);
        };
        rig.Queue.Submit(Rig.Job("a", steps: 1));
        await rig.StepsAsync(1);
        await decoding.Task.WaitAsync(Rig.Patience);

        rig.Queue.Cancel("a");
        await rig.AdvanceUntilAsync(() => cancelled.Task.IsCompleted);

        Assert.DoesNotContain(rig.Store.Keys, key => key.EndsWith(".mp4", StringComparison.Ordinal));
        Assert.Equal(0, rig.Queue["a"].Ends);
    }

    [Fact]
    public async Task Lease_Expired_OldOneIsDroppedAndTheNewOneGoesOnFromTheCheckpoint()
    {
        await using var rig = new Rig().Start();
        var spec = Rig.Job("a", steps: 8);
        rig.Queue.Submit(spec);
        await rig.StepsAsync(6);
        await rig.Queue.UntilAsync(() => rig.Queue["a"].CheckpointStep == 4);
        var seventh = await rig.Engine.NextStepAsync();

        rig.Queue.Expire("a");
        await rig.Queue.UntilAsync(() => rig.Queue["a"].Token == 2);
        seventh.Complete();
        rig.Engine.Auto = call => call.Complete();
        if (rig.Engine.HasStep)
        {
            (await rig.Engine.NextStepAsync()).Complete();
        }

        await rig.Queue.UntilEndedAsync("a");
        Assert.Equal("completed", rig.Queue["a"].End);
        Assert.Equal(1, rig.Queue["a"].Ends);
        Assert.Equal($"{FakeRun.Expected(spec)}", rig.Store.Text("jobs/a/2/video.mp4"));
    }

    [Fact]
    public async Task Quantum_QueueSilent_NoStepBeyondIt()
    {
        await using var rig = new Rig { Queue = new FakeQueue { Quantum = 3 } }.Start();
        var silence = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        rig.Queue.Submit(Rig.Job("a"));
        var first = await rig.Engine.NextStepAsync();
        rig.Queue.OnReport = _ => silence.Task;
        first.Complete();
        await rig.StepsAsync(2);

        // The third step was the last that is allowed; the queue is heard again, and only then comes the fourth.
        rig.Queue.Submit(Rig.Job("z", steps: 1, seconds: 4));
        Assert.Equal(["z"], (await rig.StepsAsync(1)).Jobs);
        Assert.False(rig.Engine.HasStep);
        silence.SetResult();

        Assert.Equal(3, (await rig.Engine.NextStepAsync()).Runs.Single(run => run.Spec.Id == "a").Step);
    }

    private static async Task AskBackAsync(Rig rig, string job, Func<bool> first)
    {
        await rig.Queue.UntilAsync(first);
        var asked = false;
        rig.Queue.Answer = report =>
        {
            var ask = report.JobId == job && report.Token == 1 && report.Release is null;
            asked |= ask;
            return ask ? Directive.Yield : Directive.Continue;
        };
        await rig.AdvanceUntilAsync(() => asked);
    }
}
