using SoraCluster.Domain.Errors;
using SoraCluster.Domain.Users;
using SoraCluster.Testing;
using SoraCluster.Testing.State;

namespace SoraCluster.Domain.Tests.Users;

public sealed class UserTests
{
    private readonly ManualClock clock = new();
    private readonly InMemoryStateStore store = new();
    private QuotaOptions quotas = new() { Limit = 3 };

    /// <summary>A fresh activation each time: nothing may depend on memory.</summary>
    private User Ann => new(store.Load<UserState>("ann"), clock, quotas);

    [Fact]
    public async Task Reserve_BelowLimit_HoldsAndCounts()
    {
        var first = clock.GetUtcNow();
        var answer = await Ann.ReserveAsync(new("a"));
        clock.Advance(TimeSpan.FromHours(1));
        await Ann.ReserveAsync(new("b"));

        Assert.Null(answer.Refusal);
        Assert.Equal(new Allowance(3, 2, first.AddHours(24)), await Ann.GetAllowanceAsync());
    }

    [Fact]
    public async Task Reserve_AtLimit_RefusesWithTheExactSentenceAndTime()
    {
        quotas = new() { Limit = 29 };
        var first = clock.GetUtcNow();
        for (var i = 0; i < 29; i++)
        {
            await Ann.ReserveAsync(new($"job-{i}"));
            clock.Advance(TimeSpan.FromMinutes(1));
        }

        var refusal = (await Ann.ReserveAsync(new("one more"))).Refusal!;

        Assert.Equal("You've already generated 29 videos in the last day. Please try again later.", refusal.Message);
        Assert.Equal((SoraErrorCode.RateLimitExceeded, first.AddHours(24)), (refusal.Code, refusal.RetryAt));
        Assert.Equal(29, (await Ann.GetAllowanceAsync()).Used);
    }

    [Fact]
    public async Task Reserve_AtTheToldTime_Succeeds()
    {
        await TakeAsync("a", "b", "c");
        var refusal = (await Ann.ReserveAsync(new("d"))).Refusal!;
        clock.Advance(refusal.RetryAt!.Value - clock.GetUtcNow() - TimeSpan.FromTicks(1));
        Assert.NotNull((await Ann.ReserveAsync(new("d"))).Refusal);
        clock.Advance(TimeSpan.FromTicks(1));

        Assert.Null((await Ann.ReserveAsync(new("d"))).Refusal);
    }

    [Fact]
    public async Task Reserve_SameJobAgain_TakesNoSecondSlot()
    {
        await TakeAsync("a", "b", "c");

        Assert.Null((await Ann.ReserveAsync(new("b"))).Refusal);
        Assert.Equal(3, (await Ann.GetAllowanceAsync()).Used);
    }

    [Fact]
    public async Task Settle_NotKept_GivesBackOnce()
    {
        await TakeAsync("a", "b", "c");
        await Ann.SettleAsync(new("b", Keep: false));
        await Ann.SettleAsync(new("b", Keep: false));

        Assert.Equal(2, (await Ann.GetAllowanceAsync()).Used);
    }

    [Fact]
    public async Task Settle_Kept_CountsUntilTheWindowHasPassed()
    {
        await TakeAsync("a");
        clock.Advance(TimeSpan.FromHours(23));
        await Ann.SettleAsync(new("a", Keep: true));
        await Ann.SettleAsync(new("a", Keep: false));
        Assert.Equal(1, (await Ann.GetAllowanceAsync()).Used);
        clock.Advance(TimeSpan.FromHours(1));

        Assert.Equal(new Allowance(3, 0, null), await Ann.GetAllowanceAsync());
    }

    [Fact]
    public async Task Settle_BeforeItsReservation_LateReservationTakesNothing()
    {
        await Ann.SettleAsync(new("a", Keep: false));
        var late = await Ann.ReserveAsync(new("a"));

        Assert.Equal(SoraErrorCode.Conflict, late.Refusal!.Code);
        Assert.Equal(0, (await Ann.GetAllowanceAsync()).Used);
    }

    [Fact]
    public async Task Reserve_NextAttempt_TakesASlotThatLateNewsOfTheFirstLeavesAlone()
    {
        await Ann.ReserveAsync(new("a"));
        await Ann.SettleAsync(new("a", Keep: false));
        Assert.Null((await Ann.ReserveAsync(new("a", Attempt: 1))).Refusal);
        await Ann.SettleAsync(new("a", Keep: false));
        await Ann.ReserveAsync(new("a"));

        Assert.Equal(1, (await Ann.GetAllowanceAsync()).Used);
        await Ann.SettleAsync(new("a", Keep: false, Attempt: 1));
        Assert.Equal(0, (await Ann.GetAllowanceAsync()).Used);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Settle_AfterTheWindow_ChangesNoCount(bool keep)
    {
        await TakeAsync("a");
        clock.Advance(TimeSpan.FromHours(25));
        await Ann.SettleAsync(new("a", keep));

        Assert.Equal(new Allowance(3, 0, null), await Ann.GetAllowanceAsync());
    }

    [Fact]
    public async Task Reserve_OldSlots_AreNotStoredForEver()
    {
        for (var day = 0; day < 50; day++)
        {
            await TakeAsync($"a{day}", $"b{day}", $"c{day}");
            await Ann.SettleAsync(new($"c{day}", Keep: false));
            clock.Advance(TimeSpan.FromHours(25));
        }

        await TakeAsync("last");
        Assert.Single(store.Load<UserState>("ann").Value!.Slots);
    }

    [Fact]
    public async Task Reserve_ClockSetBack_NoSlotOutlastsAWindowOfTheClock()
    {
        clock.Advance(TimeSpan.FromDays(365));
        await TakeAsync("a", "b", "c");
        var back = new ManualClock();
        var ann = new User(store.Load<UserState>("ann"), back, quotas);
        var refusal = (await ann.ReserveAsync(new("d"))).Refusal!;

        Assert.Equal(back.GetUtcNow().AddHours(24), refusal.RetryAt);
        back.Advance(TimeSpan.FromHours(24));
        Assert.Null((await new User(store.Load<UserState>("ann"), back, quotas).ReserveAsync(new("d"))).Refusal);
    }

    [Fact]
    public async Task Reserve_LimitLowered_TellsTrueCountAndWhenASlotReallyFrees()
    {
        var start = clock.GetUtcNow();
        foreach (var job in new[] { "a", "b", "c" })
        {
            await TakeAsync(job);
            clock.Advance(TimeSpan.FromHours(1));
        }

        quotas = new() { Limit = 1 };
        var refusal = (await Ann.ReserveAsync(new("d"))).Refusal!;

        Assert.Equal("You've already generated 3 videos in the last day. Please try again later.", refusal.Message);
        Assert.Equal(start.AddHours(26), refusal.RetryAt);
    }

    [Fact]
    public async Task Reserve_LimitZero_RefusesWithoutATime()
    {
        quotas = new() { Limit = 0 };

        Assert.Null((await Ann.ReserveAsync(new("a"))).Refusal!.RetryAt);
    }

    [Fact]
    public async Task Reserve_SaveFails_TakesNothing()
    {
        var ann = Ann;
        store.BeforeWrite = (_, _) => throw new IOException("full");
        await Assert.ThrowsAsync<IOException>(() => ann.ReserveAsync(new("a")));

        Assert.Equal(0, (await ann.GetAllowanceAsync()).Used);
    }

    private async Task TakeAsync(params string[] jobs)
    {
        foreach (var job in jobs)
        {
            Assert.Null((await Ann.ReserveAsync(new(job))).Refusal);
        }
    }
}
