using SoraCluster.Domain.Steps;

namespace SoraCluster.Domain.Tests.Steps;

/// <summary>What operators tell and ask.</summary>
public sealed class StepSchedulerOperatorTests : StepSchedulerFixture
{
    [Fact]
    public void Paused_Queue_GivesNothingUntilResumed()
    {
        Announce("a");
        scheduler.Paused = true;
        Assert.Empty(Pull());
        Assert.Equal("The queue is paused by an operator.", scheduler.Explain("a", now)!.Now);
        scheduler.Paused = false;

        Assert.Equal(["a"], Pull());
    }

    [Fact]
    public void Draining_Worker_GetsNothingAndIsAskedForAll()
    {
        Announce("a");
        Announce("b");
        Pull();
        scheduler.Drain(["w1"]);

        Assert.Empty(Pull());
        Assert.Equal(Directive.Yield, Report("a", 20));
    }

    [Fact]
    public void Reorder_FirstAndLast_MoveTheJob()
    {
        foreach (var id in new[] { "a", "b", "c" })
        {
            Announce(id);
        }

        Assert.True(scheduler.Reorder("c", QueuePlacement.First));
        Assert.True(scheduler.Reorder("a", QueuePlacement.Last));
        Assert.False(scheduler.Reorder("none", QueuePlacement.First));

        Assert.Equal(["c", "b", "a"], Pull(free: 3));
    }

    [Fact]
    public void Reorder_LastThoughItIsShort_StaysLast()
    {
        Announce("long", steps: 100);
        Announce("short", steps: 1);
        scheduler.Reorder("short", QueuePlacement.Last);

        Assert.Equal(["long"], Pull());
    }

    [Fact]
    public void Explain_Leased_TellsWaitAndReason()
    {
        Announce("a");
        now += TimeSpan.FromSeconds(7);
        Pull();
        var told = scheduler.Explain("a", now)!;

        Assert.Equal(TimeSpan.FromSeconds(7), told.Waited);
        Assert.Equal((DecisionReason.Share, "w1"), told.Decisions.Select(d => (d.Reason, d.Worker)).Single());
    }

    [Fact]
    public void Explain_Ended_StillTellsWhatWasDecided()
    {
        Announce("a");
        now += TimeSpan.FromSeconds(7);
        RunToEnd(Pull());

        var told = scheduler.Explain("a", now)!;

        Assert.Equal(TimeSpan.FromSeconds(7), told.Waited);
        Assert.Equal(DecisionReason.Share, Assert.Single(told.Decisions).Reason);
    }

    [Fact]
    public void DecisionLog_Full_ForgetsTheOldest()
    {
        scheduler = new(new() { DecisionsKept = 3 });
        for (var i = 0; i < 5; i++)
        {
            Announce($"a-{i}");
            Pull();
        }

        Assert.Empty(scheduler.Explain("a-0", now)!.Decisions);
        Assert.Single(scheduler.Explain("a-4", now)!.Decisions);
    }
}
