using SoraCluster.Domain.Steps;
using SoraCluster.Domain.Steps.Scheduling;

namespace SoraCluster.Domain.Tests.Steps;

public sealed class StepSchedulerTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);
    private StepScheduler scheduler = new(new());
    private TimeSpan now;
    private long tokens;

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
    public void Report_HigherClassWaitsAndNoRoom_YieldsAfterOneStepAndOnlyAsMuchAsNeeded()
    {
        for (var i = 0; i < 3; i++)
        {
            Announce($"r-{i}", owner: $"o{i}", @class: ServiceClass.Relaxed);
        }

        var leased = Pull(free: 3);
        Announce("p", owner: "vip", @class: ServiceClass.Priority);
        Assert.All(leased, j => Assert.Equal(Directive.Continue, Report(j, 20)));
        var yields = leased.Select(j => Report(j, 19)).Where(d => d is Directive.Yield);

        Assert.Single(yields);
    }

    [Fact]
    public void Report_HigherClassWaitsButAnotherWorkerHasRoom_GoesOn()
    {
        Announce("r", @class: ServiceClass.Relaxed);
        Pull();
        Pull("idle", free: 2);
        Announce("p", owner: "vip", @class: ServiceClass.Priority);

        Assert.Equal(Directive.Continue, Report("r", 10));
    }

    [Fact]
    public void Report_OwnerAheadOfOneWhoWaits_YieldsAfterItsQuantum()
    {
        scheduler = new(new() { Quantum = TimeSpan.FromSeconds(1), YieldSlack = TimeSpan.FromSeconds(2) });
        Announce("long", owner: "a", steps: 100);
        Pull();
        Announce("short", owner: "b", steps: 5);
        var yieldedAt = Enumerable.Range(1, 99).First(done => Report("long", 100 - done) is Directive.Yield);

        Assert.InRange(yieldedAt, 10, 40);
        Finish(["long"]);
        Announce("long", owner: "a", steps: 70, token: 99);
        Assert.Equal(["short"], Pull());
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
    public void Report_NobodyWaits_NeverYields()
    {
        Announce("long", steps: 1000);
        Pull();

        Assert.All(Enumerable.Range(1, 999), done => Assert.Equal(Directive.Continue, Report("long", 1000 - done)));
    }

    [Fact]
    public void TakeExpired_SilentLease_IsTakenOutOnce()
    {
        Announce("a");
        Pull();
        now += TimeSpan.FromSeconds(14);
        Assert.Empty(scheduler.TakeExpired(now));
        Report("a", 19);
        now += TimeSpan.FromSeconds(14);
        Assert.Empty(scheduler.TakeExpired(now));
        now += TimeSpan.FromSeconds(60);
        var lease = Assert.Single(scheduler.TakeExpired(now));

        Assert.Equal(new ExpiredLease("a", 1, "w1", WorkerLives: false), lease);
        Assert.Empty(scheduler.TakeExpired(now));
    }

    [Fact]
    public void TakeExpired_WorkerReportsOthers_SaysThatItLives()
    {
        Announce("got", owner: "a");
        Announce("answer lost", owner: "b");
        Pull(free: 2);
        for (var i = 0; i < 30; i++)
        {
            now += TimeSpan.FromSeconds(1);
            Report("got", 20);
        }

        Assert.Equal(new ExpiredLease("answer lost", 2, "w1", WorkerLives: true), Assert.Single(scheduler.TakeExpired(now)));
    }

    [Fact]
    public void TakeExpired_OnlyItsLongPollWentOnLooking_SaysThatItDied()
    {
        Announce("a", steps: 1);
        Pull();
        while (scheduler.TakeExpired(now) is var expired)
        {
            if (expired.Count > 0)
            {
                Assert.False(Assert.Single(expired).WorkerLives);
                return;
            }

            now += TimeSpan.FromSeconds(1);
            scheduler.Pull(new("w1", ["tiny"], 1, null, null, TimeSpan.FromSeconds(60), Again: true), now);
        }
    }

    [Fact]
    public void Announce_StaleOrRepeated_ChangesNothing()
    {
        Announce("a");
        Pull();
        Assert.False(Announce("a"));
        Assert.False(Announce("a", token: 1, leased: true, heldBy: "w1"));
        Assert.Equal((0, 1), (scheduler.Waiting, scheduler.Leased));
        Assert.True(Announce("a", token: 1));
        Assert.False(Announce("a", token: 1));
        Assert.False(Announce("a", token: 1, leased: true, heldBy: "w1"));

        Assert.Equal((1, 0), (scheduler.Waiting, scheduler.Leased));
    }

    [Fact]
    public void Announce_LeasedElsewhere_IsAdoptedAndExpires()
    {
        Announce("a", token: 7, leased: true, heldBy: "before");
        Assert.Empty(Pull());
        now += TimeSpan.FromMinutes(2);

        Assert.Equal(("a", 7L), scheduler.TakeExpired(now).Select(e => (e.JobId, e.Token)).Single());
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

    private bool Announce(
        string id, string owner = "ann", ServiceClass @class = ServiceClass.Standard, string key = "k", int steps = 20,
        double cost = 0.1, bool alone = false, string? heldBy = null, long token = 0, bool leased = false, double weight = 1) =>
        scheduler.Announce(
            new(id, owner, "tiny", key, @class, Noon, steps, steps * cost, alone, heldBy, token, leased, weight), now, TimeSpan.Zero);

    private List<string> Pull(string worker = "w1", int free = 1, string? activeKey = null, double? freeCost = null)
    {
        var offers = scheduler.Pull(Request(worker, free, activeKey, freeCost), now);
        foreach (var offer in offers)
        {
            issued[offer.Entry.JobId] = (worker, ++tokens);
            scheduler.Grant(offer.Entry.JobId, tokens);
        }

        return [.. offers.Select(o => o.Entry.JobId)];
    }

    private readonly Dictionary<string, (string Worker, long Token)> issued = [];

    private Directive Report(string job, int remaining) =>
        scheduler.Report(issued[job].Worker, job, issued[job].Token, remaining, now);

    private IReadOnlyList<string> Finish(IReadOnlyList<string> jobs)
    {
        foreach (var job in jobs)
        {
            scheduler.End(job, issued[job].Token);
        }

        return jobs;
    }

    private IReadOnlyList<string> RunToEnd(IReadOnlyList<string> jobs)
    {
        foreach (var job in jobs)
        {
            Report(job, 0);
        }

        return Finish(jobs);
    }

    private static PullRequest Request(string worker, int free, string? activeKey, double? freeCost) =>
        new(worker, ["tiny"], free, activeKey, freeCost, TimeSpan.Zero);
}
