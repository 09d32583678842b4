using SoraCluster.Domain.Steps;
using SoraCluster.Domain.Steps.Scheduling;

namespace SoraCluster.Domain.Tests.Steps;

/// <summary>What becomes of leases: yielding, expiry, adoption.</summary>
public sealed class StepSchedulerLeaseTests : StepSchedulerFixture
{
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
}
