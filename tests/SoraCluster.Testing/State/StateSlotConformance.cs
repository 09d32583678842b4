using SoraCluster.Domain.State;
using SoraCluster.Domain.Users;

namespace SoraCluster.Testing.State;

/// <summary>What every <see cref="IStateSlot{TState}"/> must do.</summary>
public abstract class StateSlotConformance
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 22, 12, 0, 0, TimeSpan.FromHours(9));

    /// <summary>Loads the slot of a user's state as a fresh activation would; the store is empty at the start of each test.</summary>
    protected abstract Task<IStateSlot<UserState>> LoadAsync(string key);

    [Fact]
    public async Task Load_NothingStored_IsNull() => Assert.Null((await LoadAsync("a")).Value);

    [Fact]
    public async Task Save_Value_IsWhatIsLoadedNext()
    {
        var slot = await LoadAsync("a");
        await slot.SaveAsync(With("one", "two"));

        Assert.Equal(["one", "two"], Jobs(slot));
        var loaded = await LoadAsync("a");
        Assert.Equal(["one", "two"], Jobs(loaded));
        Assert.Equal(Noon, loaded.Value!.Slots[0].At);
    }

    [Fact]
    public async Task Save_Twice_KeepsTheSecond()
    {
        var slot = await LoadAsync("a");
        await slot.SaveAsync(With("one"));
        await slot.SaveAsync(With("two"));

        Assert.Equal(["two"], Jobs(await LoadAsync("a")));
    }

    [Theory]
    [InlineData("with space")]
    [InlineData("ユーザー/日本 #1?&%")]
    [InlineData("'; drop table states; --")]
    [InlineData("A")]
    public async Task Save_AnyKey_IsItsOwn(string key)
    {
        var slot = await LoadAsync(key);
        await slot.SaveAsync(With(key));

        Assert.Null((await LoadAsync("a")).Value);
        Assert.Null((await LoadAsync(key + " ")).Value);
        Assert.Equal([key], Jobs(await LoadAsync(key)));
    }

    [Fact]
    public async Task Save_StoredByAnotherSince_ConflictsAndChangesNothing()
    {
        await (await LoadAsync("a")).SaveAsync(With("first"));
        var stale = await LoadAsync("a");
        await (await LoadAsync("a")).SaveAsync(With("second"));

        await Assert.ThrowsAsync<StateConflictException>(() => stale.SaveAsync(With("third")));
        Assert.Equal(["second"], Jobs(await LoadAsync("a")));
        Assert.Equal(["first"], Jobs(stale));
    }

    [Fact]
    public async Task Save_FirstStoredByAnother_Conflicts()
    {
        var stale = await LoadAsync("a");
        await (await LoadAsync("a")).SaveAsync(With("first"));

        await Assert.ThrowsAsync<StateConflictException>(() => stale.SaveAsync(With("second")));
        Assert.Equal(["first"], Jobs(await LoadAsync("a")));
    }

    [Fact]
    public async Task Clear_Stored_IsGone()
    {
        var slot = await LoadAsync("a");
        await slot.SaveAsync(With("one"));
        await slot.ClearAsync();

        Assert.Null(slot.Value);
        Assert.Null((await LoadAsync("a")).Value);
    }

    [Fact]
    public async Task Clear_StoredByAnotherSince_ConflictsAndChangesNothing()
    {
        await (await LoadAsync("a")).SaveAsync(With("first"));
        var stale = await LoadAsync("a");
        await (await LoadAsync("a")).SaveAsync(With("second"));

        await Assert.ThrowsAsync<StateConflictException>(stale.ClearAsync);
        Assert.Equal(["second"], Jobs(await LoadAsync("a")));
    }

    [Fact]
    public async Task Save_ClearedByAnotherSince_Conflicts()
    {
        await (await LoadAsync("a")).SaveAsync(With("first"));
        var stale = await LoadAsync("a");
        await (await LoadAsync("a")).ClearAsync();

        await Assert.ThrowsAsync<StateConflictException>(() => stale.SaveAsync(With("second")));
        Assert.Null((await LoadAsync("a")).Value);
    }

    [Fact]
    public async Task Save_ClearedAndStoredAnewByAnother_Conflicts()
    {
        await (await LoadAsync("a")).SaveAsync(With("first"));
        var stale = await LoadAsync("a");
        await (await LoadAsync("a")).ClearAsync();
        await (await LoadAsync("a")).SaveAsync(With("second"));

        await Assert.ThrowsAsync<StateConflictException>(() => stale.SaveAsync(With("third")));
        Assert.Equal(["second"], Jobs(await LoadAsync("a")));
    }

    [Fact]
    public async Task Save_AfterOwnClear_Stores()
    {
        var slot = await LoadAsync("a");
        await slot.SaveAsync(With("one"));
        await slot.ClearAsync();
        await slot.SaveAsync(With("two"));

        Assert.Equal(["two"], Jobs(await LoadAsync("a")));
    }

    [Fact]
    public async Task Save_LargeState_IsWhatIsLoadedNext()
    {
        var slot = await LoadAsync("a");
        var jobs = Enumerable.Range(0, 5000).Select(i => $"job-{i}-{new string('x', 100)}").ToArray();
        await slot.SaveAsync(With(jobs));

        Assert.Equal(jobs, Jobs(await LoadAsync("a")));
    }

    private static UserState With(params string[] jobs) => new()
    {
        Slots = [.. jobs.Select(j => new Slot(j, Noon, 0, SlotState.Held))],
    };

    private static IEnumerable<string> Jobs(IStateSlot<UserState> slot) => slot.Value!.Slots.Select(s => s.JobId);
}
