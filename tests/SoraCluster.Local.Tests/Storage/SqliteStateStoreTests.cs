using System.Text;
using SoraCluster.Local.Storage;
using SoraCluster.Testing;

namespace SoraCluster.Local.Tests.Storage;

public sealed class SqliteStateStoreTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly ManualClock clock = new();

    [Fact]
    public async Task Save_ThenLoad_GivesTheSameBytes()
    {
        await using var database = Open();
        var store = new SqliteStateStore(database, clock);

        var version = await store.SaveAsync("job", "a", 0, Bytes("{\"x\":\"日本\"}"));

        var loaded = await store.LoadAsync("job", "a");
        Assert.Equal(version, loaded!.Value.Version);
        Assert.Equal("{\"x\":\"日本\"}", Encoding.UTF8.GetString(loaded.Value.Json));
        Assert.Null(await store.LoadAsync("user", "a"));
    }

    [Fact]
    public async Task Save_OtherVersionExpected_ChangesNothing()
    {
        await using var database = Open();
        var store = new SqliteStateStore(database, clock);
        var first = await store.SaveAsync("job", "a", 0, Bytes("1"));
        var second = await store.SaveAsync("job", "a", first!.Value, Bytes("2"));

        Assert.Null(await store.SaveAsync("job", "a", first.Value, Bytes("3")));
        Assert.Null(await store.SaveAsync("job", "a", 0, Bytes("3")));
        Assert.Null(await store.SaveAsync("job", "b", 7, Bytes("3")));
        Assert.False(await store.ClearAsync("job", "a", first.Value));

        var loaded = await store.LoadAsync("job", "a");
        Assert.Equal((second!.Value, "2"), (loaded!.Value.Version, Encoding.UTF8.GetString(loaded.Value.Json)));
        Assert.Null(await store.LoadAsync("job", "b"));
    }

    [Fact]
    public async Task Clear_ThenSave_OldVersionIsNeverTakenForTheNew()
    {
        await using var database = Open();
        var store = new SqliteStateStore(database, clock);
        var old = (await store.SaveAsync("job", "a", 0, Bytes("1"))).GetValueOrDefault();
        Assert.True(await store.ClearAsync("job", "a", old));

        await store.SaveAsync("job", "a", 0, Bytes("2"));

        Assert.Null(await store.SaveAsync("job", "a", old, Bytes("stale")));
    }

    [Fact]
    public async Task Save_Racing_OneOfEachVersionWins()
    {
        await using var database = Open();
        var store = new SqliteStateStore(database, clock);
        var version = (await store.SaveAsync("job", "a", 0, Bytes("0"))).GetValueOrDefault();

        for (var round = 0; round < 20; round++)
        {
            var from = version;
            var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(i => Task.Run(() => store.SaveAsync("job", "a", from, Bytes($"{i}")))));
            version = Assert.Single(answers, a => a is not null)!.Value;
        }
    }

    [Fact]
    public async Task Open_Again_KeepsWhatWasSaved()
    {
        await using (var database = Open())
        {
            var store = new SqliteStateStore(database, clock);
            await Task.WhenAll(Enumerable.Range(0, 500).Select(i => store.SaveAsync("job", $"{i}", 0, Bytes($"{i}"))));
        }

        await using var again = Open();
        var reader = new SqliteStateStore(again, clock);
        for (var i = 0; i < 500; i++)
        {
            Assert.Equal($"{i}", Encoding.UTF8.GetString((await reader.LoadAsync("job", $"{i}"))!.Value.Json));
        }
    }

    public void Dispose() => folder.Dispose();

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private SqliteDatabase Open() => SqliteDatabase.Open(folder.Of("sora.db"), clock);
}
