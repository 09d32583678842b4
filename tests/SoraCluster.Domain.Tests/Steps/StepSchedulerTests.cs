using SoraCluster.Domain.Steps;

namespace SoraCluster.Domain.Tests.Steps;

/// <summary>Which job goes next.</summary>
public sealed class StepSchedulerTests : StepSchedulerFixture
{
    [Fact]
    public void Pull_Classes_HigherFirst()
    {
        Announce("r", @class: ServiceClass.Relaxed);
        Announce("s");
        Announce("p", @class: ServiceClass.Priority);

        Assert.Equal(["p", "s", "r"], Pull(free: 3));
    }

    [Fact]
    public void Pull_OneUsersThousandJobs_DoNotDelayAnothersFirst()
    {
        for (var i = 0; i < 1000; i++)
        {
            Announce($"big-{i}", owner: "big");
        }

        Pull(free: 5);
        Announce("first", owner: "small");

        Assert.Contains("first", Pull("w2", free: 2));
    }

    [Fact]
    public void Pull_WeightThree_GetsThreeTimesTheShare()
    {
        for (var i = 0; i < 400; i++)
        {
            Announce($"heavy-{i}", owner: "heavy", weight: 3);
            Announce($"light-{i}", owner: "light");
        }

        var served = Enumerable.Range(0, 200).SelectMany(_ => RunToEnd(Pull(free: 1))).ToArray();

        Assert.InRange(served.Count(j => j.StartsWith("heavy", StringComparison.Ordinal)), 145, 155);
    }

    [Fact]
    public void Pull_CostlyAndCheapJobs_ShareIsByCostNotByCount()
    {
        for (var i = 0; i < 400; i++)
        {
            Announce($"long-{i}", owner: "long", steps: 100);
            Announce($"short-{i}", owner: "short", steps: 20);
        }

        var served = Enumerable.Range(0, 120).SelectMany(_ => RunToEnd(Pull(free: 1))).ToArray();

        Assert.InRange(served.Count(j => j.StartsWith("short", StringComparison.Ordinal)), 95, 105);
    }

    [Fact]
    public void Pull_RelaxedWaitsLong_AgesUpAndIsServedUnderEndlessHigherLoad()
    {
        var options = new QueueOptions();
        Announce("old", owner: "patient", @class: ServiceClass.Relaxed);
        var served = new List<string>();
        for (var i = 0; now < options.RelaxedAges + options.StandardAges + TimeSpan.FromMinutes(10); i++)
        {
            Announce($"p-{i}", owner: $"owner-{i % 3}", @class: ServiceClass.Priority);
            Announce($"q-{i}", owner: $"owner-{i % 3}", @class: ServiceClass.Priority);
            served.AddRange(RunToEnd(Pull(free: 1)));
            now += TimeSpan.FromSeconds(10);
        }

        Assert.Contains("old", served);
        Assert.True(served.IndexOf("old") * 10 >= (options.RelaxedAges + options.StandardAges).TotalSeconds - 20);
    }

    [Fact]
    public void Pull_ActiveKeyWithinSlack_JoinsTheBatch()
    {
        Announce("other", owner: "a", key: "k2");
        Announce("same", owner: "b", key: "k1");

        Assert.Equal(["same"], Pull(activeKey: "k1"));
    }

    [Fact]
    public void Pull_ActiveKeyForEver_OlderJobOfTheSameUserIsNotPassedOverForLong()
    {
        scheduler = new(new() { KeySlack = TimeSpan.FromSeconds(5) });
        Announce("old", owner: "a", key: "k2");
        var served = new List<string>();
        for (var i = 0; i < 10; i++)
        {
            Announce($"new-{i}", owner: "a", key: "k1");
            served.AddRange(RunToEnd(Pull(activeKey: "k1")));
            now += TimeSpan.FromSeconds(1);
        }

        Assert.InRange(served.IndexOf("old"), 1, 7);
    }

    [Fact]
    public void Pull_HoldsLatents_GetsItsJobBack()
    {
        Announce("first", owner: "a");
        Announce("warm", owner: "b", heldBy: "w2");

        Assert.Equal(["warm"], Pull("w2"));
        Assert.Equal(["first"], Pull("w1"));
    }

    [Fact]
    public void Pull_HolderIsBusy_AnotherTakesIt()
    {
        Announce("warm", heldBy: "w2");

        Assert.Equal(["warm"], Pull("w1"));
    }

    [Fact]
    public void Pull_DeadlineNear_GoesFirstWithinItsShare()
    {
        scheduler = new(new() { StandardDeadline = TimeSpan.FromMinutes(1) });
        Announce("urgent", owner: "b");
        RunToEnd(Pull());
        Announce("late", owner: "b", token: 5);
        now += TimeSpan.FromSeconds(50);
        Announce("fresh", owner: "a");

        Assert.Equal(["late"], Pull());
    }

    [Fact]
    public void Pull_PerUserLimit_HoldsBackUntilOneEnds()
    {
        scheduler = new(new() { MaxRunningPerUser = 2 });
        for (var i = 0; i < 5; i++)
        {
            Announce($"a-{i}", owner: "a");
        }

        Announce("b", owner: "b");
        var leased = Pull(free: 6);
        Assert.Equal(3, leased.Count);
        Assert.Empty(Pull("w2", free: 6));
        Assert.Contains("runs 2 videos", scheduler.Explain("a-4", now)!.Now, StringComparison.Ordinal);
        Finish([leased.First(j => j.StartsWith('a'))]);

        Assert.Single(Pull("w2", free: 6));
    }

    [Fact]
    public void Pull_TooBigForTheRoom_SmallOnesGoFirstUntilPatienceEnds()
    {
        scheduler = new(new() { RoomPatience = TimeSpan.FromSeconds(5) });
        Announce("s0", owner: "a", key: "small", cost: 0.1);
        var running = Pull(free: 4, freeCost: 1);
        Announce("big", owner: "b", key: "big", cost: 1);
        Announce("s1", owner: "c", key: "small", cost: 0.1);
        Assert.Equal(["s1"], Pull(free: 3, freeCost: 0.9, activeKey: "small"));
        now += TimeSpan.FromSeconds(6);
        Announce("s2", owner: "d", key: "small", cost: 0.1);
        Assert.Empty(Pull(free: 2, freeCost: 0.8, activeKey: "small"));
        Finish([.. running, "s1"]);

        Assert.Equal(["big"], Pull(free: 4, freeCost: 1));
    }

    [Fact]
    public void Pull_TooBigForAnyRoom_DoesNotBlockOthers()
    {
        Announce("huge", owner: "a", key: "huge", cost: 5);
        Announce("small", owner: "b", key: "small", cost: 0.1);

        Assert.Equal(["small"], Pull(free: 4, freeCost: 1));
        Finish(["small"]);
        Assert.Empty(Pull(free: 4, freeCost: 1));
        Assert.Equal(["huge"], Pull("large", free: 4, freeCost: 10));
    }

    [Fact]
    public void Pull_Alone_OnlyOnAnEmptyWorkerAndNothingBesides()
    {
        scheduler = new(new() { RoomPatience = TimeSpan.FromSeconds(5) });
        Announce("x", owner: "a");
        var running = Pull(free: 4);
        Announce("poison", owner: "b", alone: true);
        Announce("y", owner: "c");
        Assert.Equal(["y"], Pull(free: 3));
        Assert.Equal(["poison"], Pull("w2", free: 4));
        Announce("z", owner: "d");
        Assert.Empty(Pull("w2", free: 3));
        Assert.Equal(["z"], Pull(free: 2));
        Assert.Single(running);
    }

    [Fact]
    public void Pull_WarmJobThatWasAskedBackForAnother_LetsThatOneGoFirst()
    {
        scheduler = new(new() { Quantum = TimeSpan.FromSeconds(1), YieldSlack = TimeSpan.FromSeconds(2), ShareSlack = TimeSpan.FromSeconds(20) });
        Announce("long", owner: "a", steps: 100);
        Pull();
        Announce("short", owner: "b", steps: 5);
        var done = Enumerable.Range(1, 99).First(done => Report("long", 100 - done) is Directive.Yield);
        Finish(["long"]);
        Announce("long", owner: "a", steps: 100 - done, token: 99, heldBy: "w1");

        Assert.Equal(["short"], Pull("w1"));
    }

    [Fact]
    public void Pull_MuchShorterJob_GoesFirstForAWhile()
    {
        scheduler = new(new() { ShortSlack = TimeSpan.FromSeconds(30) });
        Announce("long", owner: "a", steps: 100);
        Announce("nearly", owner: "b", steps: 60);
        Announce("short", owner: "c", steps: 10);
        Announce("late", owner: "d", steps: 10);

        Assert.Equal(["short"], Pull());
        Assert.Equal(DecisionReason.Shorter, scheduler.Explain("short", now)!.Decisions[^1].Reason);
        Assert.Contains("much shorter", scheduler.Explain("long", now)!.Now, StringComparison.Ordinal);
        now += TimeSpan.FromSeconds(31);
        Assert.Equal(["long"], Pull("w2"));
    }

    [Fact]
    public void Pull_ShorterJobOfOneWhoIsFarAhead_WaitsForItsTurn()
    {
        scheduler = new(new() { ShareSlack = TimeSpan.FromSeconds(5) });
        Announce("waits", owner: "a", steps: 100);
        Announce("big", owner: "b", steps: 100, @class: ServiceClass.Standard);
        RunToEnd([.. Pull(), .. Pull("w2")]);
        Announce("long", owner: "c", steps: 100);
        Announce("short", owner: "b", steps: 10);
        Announce("other", owner: "d", steps: 100);

        Assert.Equal(["long"], Pull());
    }

    [Fact]
    public void Report_MuchShorterJobWaits_OneLeaseYieldsForItAfterItsQuantum()
    {
        scheduler = new(new() { Quantum = TimeSpan.FromSeconds(1), YieldSlack = TimeSpan.FromHours(1) });
        Announce("a", owner: "a", steps: 400);
        Announce("b", owner: "b", steps: 300);
        Pull("w1");
        Pull("w2");
        Announce("short", owner: "c", steps: 10);
        var (first, second) = (QuantumsUntilYield("a", 400), QuantumsUntilYield("b", 300));
        Finish(["a"]);
        Announce("a", owner: "a", steps: 390, token: 99, heldBy: "w1");

        Assert.InRange(first, 1, 2);
        Assert.Equal(0, second);
        Assert.Equal(["short"], Pull("w1"));

        int QuantumsUntilYield(string job, int steps) => Enumerable.Range(1, 30).FirstOrDefault(done => Report(job, steps - done) is Directive.Yield) switch
        {
            0 => 0,
            var done => (done + 9) / 10,
        };
    }

    [Fact]
    public void Refuse_Retry_IsOfferedAgainLater()
    {
        Announce("a");
        Assert.Single(scheduler.Pull(Request("w1", 1, null, null), now));
        scheduler.Refuse("a", retry: true, now);
        Assert.Empty(Pull());
        now += TimeSpan.FromSeconds(2);

        Assert.Equal(["a"], Pull());
    }
}
