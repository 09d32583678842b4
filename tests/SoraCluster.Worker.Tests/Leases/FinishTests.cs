using SoraCluster.Domain.Artifacts;
using SoraCluster.Domain.Jobs;
using SoraCluster.Worker.Tests.Fakes;

namespace SoraCluster.Worker.Tests.Leases;

public sealed class FinishTests
{
    [Fact]
    public async Task Finish_WhileDecoding_OtherJobsStepOnAndTheLeaseIsRenewed()
    {
        await using var rig = new Rig().Start();
        var decoder = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        rig.Engine.OnFinish = (spec, _) => spec.Id == "a" ? decoder.Task : Task.CompletedTask;
        rig.Queue.Submit(Rig.Job("a", steps: 1));
        await rig.StepsAsync(1);
        await rig.Queue.UntilAsync(() => rig.Queue["a"].Stage == JobStage.Decode);
        rig.Queue.Submit(Rig.Job("b", steps: 3));

        await rig.StepsAsync(3);
        var told = rig.Queue.Reports.Count(report => report.JobId == "a");
        await rig.AdvanceUntilAsync(() => rig.Queue.Reports.Count(report => report.JobId == "a") > told + 2);
        decoder.SetResult();

        await rig.Queue.UntilEndedAsync("a");
        await rig.Queue.UntilEndedAsync("b");
        Assert.Equal(1, rig.Engine.MaxFinishing);
    }

    [Fact]
    public async Task Finish_ManyDone_OneIsDecodedAtATimeAndNoMoreArePulled()
    {
        await using var rig = new Rig { Options = Rig.Default with { MaxFinishing = 2 } }.Start();
        var decoder = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        rig.Engine.OnFinish = (_, _) => decoder.Task;
        rig.Engine.Auto = call => call.Complete();
        string[] names = ["a", "b", "c", "d", "e", "f"];
        foreach (var name in names)
        {
            rig.Queue.Submit(Rig.Job(name, steps: 1));
        }

        await rig.Queue.UntilAsync(() => names.Count(name => rig.Queue[name].Stage == JobStage.Decode) >= 2);
        var held = names.Count(name => rig.Queue[name].Holder is not null);
        Assert.InRange(held, 2, 5);
        decoder.SetResult();

        foreach (var name in names)
        {
            await rig.Queue.UntilEndedAsync(name);
        }

        Assert.Equal(1, rig.Engine.MaxFinishing);
    }

    [Fact]
    public async Task Finish_StoringFailsForGood_LeavesNoPartOfTheResult()
    {
        await using var rig = new Rig().Start();
        rig.Engine.Auto = call => call.Complete();
        rig.Store.OnWrite = key => key.EndsWith(".mp4", StringComparison.Ordinal)
            ? throw new ArtifactStoreException("full")
            : Task.CompletedTask;
        rig.Queue.Submit(Rig.Job("a", steps: 2));

        await rig.AdvanceUntilAsync(() => rig.Queue["a"].End is not null);

        Assert.Equal("failed", rig.Queue["a"].End);
        Assert.DoesNotContain(rig.Store.Keys, key => key.StartsWith("jobs/a/1/", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Finish_StateIsStoredBeforeDecoding_SoThatAnotherWorkerDecodesWithoutAStep()
    {
        await using var rig = new Rig().Start();
        rig.Engine.OnFinish = (_, token) => Task.Delay(Timeout.InfiniteTimeSpan, rig.Clock, token);
        var spec = Rig.Job("a", steps: 3);
        rig.Queue.Submit(spec);
        await rig.StepsAsync(3);
        await rig.Queue.UntilAsync(() => rig.Queue["a"].CheckpointStep == 3);
        await rig.StopAsync();

        await using var other = new Rig { Queue = rig.Queue, Store = rig.Store, Options = Rig.Default with { WorkerId = "w2" } };
        other.Engine.Auto = _ => Assert.Fail("No step is left to do.");
        other.Start();
        await rig.Queue.UntilEndedAsync("a");

        Assert.Equal($"{FakeRun.Expected(spec)}", rig.Store.Text(rig.Queue["a"].Result!.Video));
    }
}
