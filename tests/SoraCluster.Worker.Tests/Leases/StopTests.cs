using SoraCluster.Worker.Tests.Fakes;

namespace SoraCluster.Worker.Tests.Leases;

public sealed class StopTests
{
    [Fact]
    public async Task Stop_WhileStepping_FinishesTheStepStoresItAndGivesTheJobsBack()
    {
        await using var rig = new Rig().Start();
        rig.Queue.Submit(Rig.Job("a", steps: 100));
        await rig.StepsAsync(2);
        var third = await rig.Engine.NextStepAsync();

        // The wish to stop and the end of the step reach the worker in either order: one step more may have begun.
        rig.Engine.Auto = call => call.Complete();
        rig.RequestStop();
        await rig.Queue.UntilAsync(() => rig.Queue.CancelledPulls == 1);
        third.Complete();
        await rig.Ended;

        var reached = third.Runs[0].Step;
        Assert.InRange(reached, 3, 99);
        Assert.Equal(reached, rig.Queue["a"].CheckpointStep);
        Assert.Equal(1, rig.Queue["a"].Releases);
        Assert.Null(rig.Queue["a"].Holder);
        Assert.NotNull(rig.Store.Text($"jobs/a/checkpoints/1-{reached}.safetensors"));
    }

    [Fact]
    public async Task Stop_Idle_EndsAtOnce()
    {
        await using var rig = new Rig().Start();
        await rig.Queue.UntilAsync(() => rig.Queue.Pulls.Count == 1);

        await rig.StopAsync();

        Assert.Single(rig.Queue.Pulls);
    }

    [Fact]
    public async Task Stop_LeaseArrivesWithIt_IsGivenBack()
    {
        await using var rig = new Rig();
        var pulled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var answer = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        rig.Queue.OnPull = _ =>
        {
            pulled.TrySetResult();
            return answer.Task;
        };
        rig.Engine.Auto = call => call.Complete();
        rig.Queue.Submit(Rig.Job("a", steps: 100_000));
        rig.Start();
        await pulled.Task.WaitAsync(Rig.Patience);

        rig.RequestStop();
        answer.SetResult();
        await rig.Ended;

        Assert.True(rig.Queue["a"].Releases >= 1);
        Assert.Null(rig.Queue["a"].Holder);
    }

    [Fact]
    public async Task Stop_StoreHangs_EndsAfterTheLimitAnyway()
    {
        await using var rig = new Rig().Start();
        rig.Store.OnWrite = _ => new TaskCompletionSource().Task;
        rig.Queue.Submit(Rig.Job("a", steps: 100));
        await rig.StepsAsync(2);
        var third = await rig.Engine.NextStepAsync();
        rig.Engine.Auto = call => call.Complete();
        rig.RequestStop();
        third.Complete();
        var ended = rig.Ended;

        await rig.AdvanceUntilAsync(() => ended.IsCompleted);

        Assert.True(ended.IsCompletedSuccessfully);
        Assert.Equal(0, rig.Queue["a"].Releases);
    }

    [Fact]
    public async Task Stop_StoreBroken_GivesTheJobBackFromItsLastCheckpoint()
    {
        var options = Rig.Default with { StoreRetryFor = TimeSpan.FromSeconds(1), StopLimit = TimeSpan.FromMinutes(10) };
        await using var rig = new Rig { Options = options }.Start();
        rig.Queue.Submit(Rig.Job("a", steps: 100));
        await rig.StepsAsync(4);
        await rig.Queue.UntilAsync(() => rig.Queue["a"].CheckpointStep == 4);
        await rig.StepsAsync(1);
        var sixth = await rig.Engine.NextStepAsync();
        rig.Store.OnWrite = _ => throw new SoraCluster.Domain.Artifacts.ArtifactStoreException("read-only");
        rig.Engine.Auto = call => call.Complete();
        rig.RequestStop();
        await rig.Queue.UntilAsync(() => rig.Queue.CancelledPulls == 1);
        sixth.Complete();
        var ended = rig.Ended;

        await rig.AdvanceUntilAsync(() => ended.IsCompleted);

        Assert.Equal(1, rig.Queue["a"].Releases);
        Assert.Equal(4, rig.Queue["a"].CheckpointStep);
        Assert.Null(rig.Queue["a"].End);
    }
}
