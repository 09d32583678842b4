using SoraCluster.Domain.Jobs;
using SoraCluster.Worker.Tests.Fakes;

namespace SoraCluster.Worker.Tests.Leases;

public sealed class ReportTests
{
    private static readonly WorkerOptions Paused = Rig.Default with { CheckpointEvery = 1000, ReportPause = TimeSpan.FromMilliseconds(20) };

    [Fact]
    public async Task Report_SlowQueue_StepsDoNotWaitAndNewsIsGathered()
    {
        await using var rig = new Rig { Options = Rig.Default with { CheckpointEvery = 1000 } }.Start();
        rig.Queue.Submit(Rig.Job("a", steps: 50));
        await rig.StepsAsync(1);
        await rig.Queue.UntilAsync(() => rig.Queue["a"].Step == 1);
        var line = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        rig.Queue.OnReport = _ => line.Task;
        var told = rig.Queue.Reports.Count;

        await rig.StepsAsync(40);
        line.SetResult();
        await rig.Queue.UntilAsync(() => rig.Queue["a"].Step == 41);

        Assert.InRange(rig.Queue.Reports.Count - told, 1, 3);
        Assert.Equal(0.41, rig.Queue["a"].DeviceSeconds, 6);
    }

    [Fact]
    public async Task Report_Pause_QuickStepsAreToldTogether()
    {
        await using var rig = new Rig { Options = Paused }.Start();
        rig.Queue.Submit(Rig.Job("a", steps: 50));
        await rig.StepsAsync(1);
        await rig.AdvanceUntilAsync(() => rig.Queue["a"].Step == 1);
        var told = rig.Queue.Reports.Count;

        for (var i = 0; i < 20; i++)
        {
            await rig.StepsAsync(1);
            await rig.IdleAsync();
        }

        // One report may have been due; the clock stands still, so there is no second one.
        Assert.InRange(rig.Queue.Reports.Count - told, 0, 1);
        await rig.AdvanceUntilAsync(() => rig.Queue["a"].Step == 21);
        Assert.Equal(0.21, rig.Queue["a"].DeviceSeconds, 6);
    }

    [Fact]
    public async Task Report_Pause_NothingWaitsThatSomebodyWaitsFor()
    {
        await using var rig = new Rig { Options = Paused, Queue = new FakeQueue { Quantum = 3 } }.Start();
        rig.Engine.Auto = call => call.Complete();
        rig.Queue.Submit(Rig.Job("a", steps: 12));

        // The clock stands still: quanta, checkpoints and the end are told all the same.
        await rig.Queue.UntilEndedAsync("a");

        Assert.Equal("completed", rig.Queue["a"].End);
    }

    [Fact]
    public async Task Report_CallFails_TheSameNewsIsSentAgain()
    {
        await using var rig = new Rig().Start();
        var calls = 0;
        rig.Queue.OnReport = _ => ++calls % 3 != 0 ? throw new HttpRequestException("gone") : Task.CompletedTask;
        rig.Engine.Auto = call => call.Complete();
        rig.Queue.Submit(Rig.Job("a", steps: 12));

        await rig.AdvanceUntilAsync(() => rig.Queue["a"].End is not null);

        Assert.Equal("completed", rig.Queue["a"].End);
        Assert.Equal(1, rig.Queue["a"].Ends);
    }

    [Fact]
    public async Task Report_AnswerLostAfterCompletion_EndsOnceAndTheResultStays()
    {
        await using var rig = new Rig().Start();
        var lost = 0;
        rig.Queue.OnAnswer = report =>
        {
            if (report.Leases.Any(lease => lease.Completed is not null) && lost++ == 0)
            {
                throw new HttpRequestException("gone");
            }
        };
        rig.Engine.Auto = call => call.Complete();
        rig.Queue.Submit(Rig.Job("a", steps: 3));
        rig.Queue.Submit(Rig.Job("b", steps: 3));

        await rig.AdvanceUntilAsync(() => rig.Queue["a"].End is not null && rig.Queue["b"].End is not null);

        Assert.Equal(1, rig.Queue["a"].Ends);
        Assert.NotNull(rig.Store.Text(rig.Queue["a"].Result!.Video));
        Assert.True(lost > 0);
    }

    [Fact]
    public async Task Report_NotTakenIn_IsSentAgain()
    {
        await using var rig = new Rig().Start();
        var asked = 0;
        rig.Queue.Answer = report => report.Completed is not null && ++asked < 4 ? null : SoraCluster.Domain.Steps.Directive.Continue;
        rig.Engine.Auto = call => call.Complete();
        rig.Queue.Submit(Rig.Job("a", steps: 3));

        await rig.AdvanceUntilAsync(() => rig.Queue["a"].End is not null);

        Assert.Equal(4, asked);
        Assert.Equal("completed", rig.Queue["a"].End);
    }

    [Fact]
    public async Task Report_AnsweredAfterItsJobHasLeft_TheWorkerGoesOn()
    {
        await using var rig = new Rig().Start();
        var (slow, late) = (new TaskCompletionSource(), new TaskCompletionSource());
        var (sending, held) = (false, false);
        rig.Queue.OnReport = report => report.Leases.Any(lease => lease is { JobId: "a", Completed: not null })
            ? HoldAsync(slow, ref sending)
            : rig.Queue["a"].End is null ? Task.CompletedTask : HoldAsync(late, ref held);
        rig.Engine.Auto = call => call.Complete();
        rig.Queue.Submit(Rig.Job("a", steps: 3));
        rig.Queue.Submit(Rig.Job("b", steps: 60));
        await rig.AdvanceUntilAsync(() => sending);
        await rig.IdleAsync();
        slow.SetResult(); // there is news of b meanwhile, so the next report follows at once and still names a
        await rig.AdvanceUntilAsync(() => held);
        await rig.IdleAsync();

        late.SetResult();
        await rig.AdvanceUntilAsync(() => rig.Queue["b"].End is not null);

        Assert.Equal("completed", rig.Queue["b"].End);

        static Task HoldAsync(TaskCompletionSource until, ref bool reached)
        {
            reached = true;
            return until.Task;
        }
    }

    [Fact]
    public async Task Report_NothingHappens_LeasesAreRenewedInTime()
    {
        var queue = new FakeQueue { ExpiresIn = TimeSpan.FromSeconds(9) };
        await using var rig = new Rig { Queue = queue }.Start();
        queue.Submit(Rig.Job("a"));
        await rig.Engine.NextStepAsync();
        await queue.UntilAsync(() => queue["a"].Stage == JobStage.Denoise);

        for (var i = 0; i < 3; i++)
        {
            var told = queue.Reports.Count;
            var until = rig.Clock.GetUtcNow() + TimeSpan.FromSeconds(9);
            await rig.AdvanceUntilAsync(() => queue.Reports.Count > told || rig.Clock.GetUtcNow() > until);
            Assert.True(queue.Reports.Count > told, "No sign of life within the lease's expiry.");
        }
    }
}
