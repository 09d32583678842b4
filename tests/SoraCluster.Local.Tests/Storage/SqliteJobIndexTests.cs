using SoraCluster.Domain.Jobs;
using SoraCluster.Local.Storage;
using SoraCluster.Testing;

namespace SoraCluster.Local.Tests.Storage;

/// <summary>What SQLite brings beyond the port's conformance kit: pages larger than one read, and cursors that were deleted.</summary>
public sealed class SqliteJobIndexTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly ManualClock clock = new();

    [Fact]
    public async Task ListUnfinished_ManyOfOneMoment_GivesEachOnceInOrder()
    {
        await using var database = Open();
        var index = new SqliteJobIndex(database, clock);
        var ids = Enumerable.Range(0, 700).Select(i => $"video_{i:D4}").ToArray();
        await Task.WhenAll(ids.Reverse().Select(id => index.AddAsync(new(id, "u", clock.GetUtcNow()))));

        Assert.Equal(ids, (await ReadAsync(index.ListUnfinishedAsync())).Select(e => e.JobId));
    }

    [Fact]
    public async Task ListExpired_MoreThanOneRead_GivesEachOnceOldestFirst()
    {
        await using var database = Open();
        var index = new SqliteJobIndex(database, clock);
        var now = clock.GetUtcNow();
        for (var i = 0; i < 600; i++)
        {
            await index.AddAsync(new($"video_{i:D4}", "u", now.AddSeconds(i)));
            await index.MarkFinishedAsync($"video_{i:D4}", i % 3 == 0 ? null : now.AddMinutes(600 - i));
        }

        var expired = await ReadAsync(index.ListExpiredAsync(now.AddMinutes(550)));

        var expected = Enumerable.Range(0, 600).Where(i => i % 3 != 0 && 600 - i <= 550).Reverse().Select(i => $"video_{i:D4}");
        Assert.Equal(expected, expired.Select(e => e.JobId));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ListByOwner_EachPageDeletedBeforeTheNext_MissesNone(bool ascending)
    {
        await using var database = Open();
        var index = new SqliteJobIndex(database, clock);
        for (var i = 0; i < 25; i++)
        {
            await index.AddAsync(new($"video_{i:D2}", "u", clock.GetUtcNow().AddSeconds(i / 3)));
        }

        var seen = new List<string>();
        for (JobPage? page = null; page is not { HasMore: false };)
        {
            page = await index.ListByOwnerAsync(new("u", seen.LastOrDefault(), 4, ascending));
            seen.AddRange(page.JobIds);
            foreach (var id in page.JobIds)
            {
                await index.RemoveAsync(id);
            }
        }

        var all = Enumerable.Range(0, 25).Select(i => $"video_{i:D2}");
        Assert.Equal(ascending ? all : all.Reverse(), seen);
    }

    [Fact]
    public async Task ListByOwner_CursorOfAnotherOwner_GivesNothing()
    {
        await using var database = Open();
        var index = new SqliteJobIndex(database, clock);
        await index.AddAsync(new("theirs", "v", clock.GetUtcNow()));
        await index.AddAsync(new("mine", "u", clock.GetUtcNow().AddSeconds(1)));

        var page = await index.ListByOwnerAsync(new("u", "theirs", 10, Ascending: true));

        Assert.Empty(page.JobIds);
        Assert.False(page.HasMore);
    }

    [Fact]
    public async Task Remove_ThenAddAgain_IsUnfinishedAgain()
    {
        await using var database = Open();
        var index = new SqliteJobIndex(database, clock);
        await index.AddAsync(new("a", "u", clock.GetUtcNow()));
        await index.RemoveAsync("a");
        await index.MarkFinishedAsync("a", clock.GetUtcNow());
        Assert.Empty(await ReadAsync(index.ListExpiredAsync(clock.GetUtcNow())));

        await index.AddAsync(new("a", "u", clock.GetUtcNow().AddSeconds(5)));

        Assert.Equal([new JobIndexEntry("a", "u", clock.GetUtcNow().AddSeconds(5))], await ReadAsync(index.ListUnfinishedAsync()));
    }

    public void Dispose() => folder.Dispose();

    private static async Task<List<T>> ReadAsync<T>(IAsyncEnumerable<T> source)
    {
        var all = new List<T>();
        await foreach (var item in source)
        {
            all.Add(item);
        }

        return all;
    }

    private SqliteDatabase Open() => SqliteDatabase.Open(folder.Of("sora.db"), clock);
}
