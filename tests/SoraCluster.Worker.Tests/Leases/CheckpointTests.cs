using SoraCluster.Domain.Artifacts;
using SoraCluster.Domain.Errors;
using SoraCluster.Worker.Tests.Fakes;

namespace SoraCluster.Worker.Tests.Leases;

public sealed class CheckpointTests
{
    [Fact]
    public async Task Run_FastStore_NeverRisksMoreThanTheIntervalAndNeverStalls()
    {
        await using var rig = new Rig().Start();
        rig.Queue.Submit(Rig.Job("a", steps: 20));
        for (var step = 1; step < 20; step++)
        {
            var call = await rig.Engine.NextStepAsync();
            Assert.True(call.Runs[0].Step - rig.Queue["a"].CheckpointStep < 5, $"Step {step} risked too much.");
            call.Complete();
        }
    }

    [Fact]
    public async Task Run_StepsQuickerThanACheckpointIsWorth_StoresAsOftenAsTheTimeSays()
    {
        await using var rig = new Rig { Options = Rig.Default with { CheckpointWorth = TimeSpan.FromMilliseconds(200) } };
        var stored = new List<string>();
        rig.Store.OnWrite = key =>
        {
            stored.Add(key);
            return Task.CompletedTask;
        };
        rig.Costs.Observe("tiny/2s", 2, TimeSpan.FromMilliseconds(10));
        rig.Start();
        rig.Queue.Submit(Rig.Job("a", steps: 60));
        for (var step = 1; step < 60; step++)
        {
            var call = await rig.Engine.NextStepAsync();
            Assert.True(call.Runs[0].Step - rig.Queue["a"].CheckpointStep < 20, $"Step {step} risked too much.");
            call.Complete();
        }

        Assert.InRange(stored.Count, 2, 4);
    }

    [Fact]
    public async Task Run_SlowStore_StallsAtTheIntervalAndGoesOnWhenItIsDone()
    {
        await using var rig = new Rig().Start();
        var slow = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        rig.Store.OnWrite = key => key.Contains("jobs/a/", StringComparison.Ordinal) ? slow.Task : Task.CompletedTask;
        var spec = Rig.Job("a", steps: 12);
        rig.Queue.Submit(spec);
        await rig.StepsAsync(5);

        // Five steps are at risk: the next one is another job's.
        rig.Queue.Submit(Rig.Job("b", steps: 3));
        Assert.Equal(["b"], (await rig.StepsAsync(1)).Jobs);
        Assert.Equal(["b"], (await rig.StepsAsync(1)).Jobs);
        var last = await rig.Engine.NextStepAsync();
        slow.SetResult();
        await rig.Queue.UntilAsync(() => rig.Queue["a"].CheckpointStep == 4);

        rig.Engine.Auto = call => call.Complete();
        last.Complete();
        await rig.Queue.UntilEndedAsync("a");
        Assert.Equal($"{FakeRun.Expected(spec)}", rig.Store.Text(rig.Queue["a"].Result!.Video));
    }

    [Fact]
    public async Task Run_StoreFailsForAWhile_IsTriedAgainAndNothingIsLost()
    {
        await using var rig = new Rig().Start();
        var failures = 0;
        rig.Store.OnWrite = _ => ++failures % 3 != 0 ? throw new ArtifactStoreException("full") : Task.CompletedTask;
        rig.Engine.Auto = call => call.Complete();
        var spec = Rig.Job("a", steps: 12);
        rig.Queue.Submit(spec);

        await rig.AdvanceUntilAsync(() => rig.Queue["a"].End is not null);

        Assert.Equal("completed", rig.Queue["a"].End);
        Assert.Equal($"{FakeRun.Expected(spec)}", rig.Store.Text(rig.Queue["a"].Result!.Video));
        Assert.True(failures > 6);
    }

    [Fact]
    public async Task Run_StoreFailsForGood_JobFailsWithTheReason()
    {
        await using var rig = new Rig().Start();
        rig.Store.OnWrite = _ => throw new ArtifactStoreException("No space left on device");
        rig.Engine.Auto = call => call.Complete();
        rig.Queue.Submit(Rig.Job("a", steps: 12));

        await rig.AdvanceUntilAsync(() => rig.Queue["a"].End is not null);

        Assert.Equal("failed", rig.Queue["a"].End);
        Assert.Equal(SoraErrorCode.StorageFailed, rig.Queue["a"].Error!.Code);
        Assert.True(rig.Queue["a"].Step <= 5);
    }

    [Theory]
    [InlineData("a 7 999", 7)]
    [InlineData("rubbish", 3)]
    [InlineData(null, 3)]
    public async Task Open_CheckpointDamagedOrGone_FallsBackToTheOneBefore(string? newest, int expectedStep)
    {
        await using var rig = new Rig();
        rig.Store.Put("jobs/a/checkpoints/1-3.safetensors", "a 3 5");
        rig.Store.Put("jobs/a/checkpoints/1-2.safetensors", "a 2 4");
        if (newest is not null)
        {
            rig.Store.Put("jobs/a/checkpoints/1-7.safetensors", newest);
        }

        rig.Start();
        rig.Queue.Submit(Rig.Job("a"), "jobs/a/checkpoints/1-7.safetensors", 7);

        var call = await rig.Engine.NextStepAsync();

        Assert.Equal(expectedStep, call.Runs[0].Step);
        call.Complete();
    }

    [Fact]
    public async Task Open_FallsBackToOneThatTheJobNeverHeardOf_ItsStepsAreAtRiskUntilItHas()
    {
        await using var rig = new Rig();
        rig.Store.Put("jobs/a/checkpoints/1-2.safetensors", "rubbish");
        rig.Store.Put("jobs/a/checkpoints/1-4.safetensors", "a 4 5");
        rig.Start();
        rig.Queue.Submit(Rig.Job("a", steps: 12), "jobs/a/checkpoints/1-2.safetensors", 2);

        for (var step = 4; step < 12; step++)
        {
            var call = await rig.Engine.NextStepAsync();
            Assert.Equal(step, call.Runs[0].Step);
            Assert.True(step - rig.Queue["a"].CheckpointStep < 5, $"Step {step} risks those since {rig.Queue["a"].CheckpointStep}.");
            call.Complete();
        }
    }

    [Fact]
    public async Task Open_EveryCheckpointDamaged_StartsFromTheBeginningAndEnds()
    {
        await using var rig = new Rig();
        rig.Store.Put("jobs/a/checkpoints/1-7.safetensors", "rubbish");
        rig.Start();
        var spec = Rig.Job("a");
        rig.Engine.Auto = call => call.Complete();
        rig.Queue.Submit(spec, "jobs/a/checkpoints/1-7.safetensors", 7);

        await rig.Queue.UntilEndedAsync("a");

        Assert.Equal($"{FakeRun.Expected(spec)}", rig.Store.Text(rig.Queue["a"].Result!.Video));
    }

    [Fact]
    public async Task Open_StoreUnreadable_IsTriedAgainUntilItAnswers()
    {
        await using var rig = new Rig();
        rig.Store.Put("jobs/a/checkpoints/1-7.safetensors", "a 7 1");
        var tries = 0;
        rig.Store.OnRead = _ => ++tries < 4 ? throw new ArtifactStoreException("unreachable") : Task.CompletedTask;
        rig.Start();
        rig.Queue.Submit(Rig.Job("a"), "jobs/a/checkpoints/1-7.safetensors", 7);

        await rig.AdvanceUntilAsync(() => rig.Engine.HasStep);

        Assert.Equal(7, (await rig.Engine.NextStepAsync()).Runs[0].Step);
    }
}
