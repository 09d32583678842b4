using System.Globalization;
using Microsoft.Data.Sqlite;
using SoraCluster.Domain.Errors;
using SoraCluster.Local.Storage;
using SoraCluster.Testing;

namespace SoraCluster.Local.Tests.Storage;

public sealed class SqliteDatabaseTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly ManualClock clock = new();

    [Fact]
    public async Task Open_NewFile_IsWalAndFullySynced()
    {
        await using var database = Open();

        Assert.Equal("wal", await database.WriteAsync(c => Scalar(c, "PRAGMA journal_mode")));
        Assert.Equal("2", await database.WriteAsync(c => Scalar(c, "PRAGMA synchronous")));
    }

    [Fact]
    public async Task Open_NewerSchema_IsRefusedAndSaysSo()
    {
        await using (var database = Open())
        {
            await database.WriteAsync(c => Execute(c, "INSERT INTO schema_migrations VALUES (999, 'later')"));
        }

        var refused = Assert.Throws<LocalServerException>(() => Open());

        Assert.Contains("schema 999", refused.Message);
        Assert.Contains("--data", refused.Message);
    }

    [Fact]
    public void Open_NotADatabase_SaysThatItIsDamaged()
    {
        File.WriteAllText(folder.Of("sora.db"), new string('x', 5000));

        Assert.Contains("damaged", Assert.Throws<LocalServerException>(() => Open()).Message);
    }

    [Fact]
    public async Task Write_NobodyElse_IsCommittedWhenTheCallReturns()
    {
        await using var database = Open();

        var written = database.WriteAsync(c => Execute(c, "CREATE TABLE t (n INTEGER)"));

        Assert.True(written.IsCompletedSuccessfully);
        Assert.Equal("0", database.Read(c => Scalar(c, "SELECT count(*) FROM t")));
    }

    [Fact]
    public async Task Dispose_WritesUnderWay_AreStoredFirst()
    {
        var database = Open();
        await database.WriteAsync(c => Execute(c, "CREATE TABLE t (n INTEGER)"));
        using var busy = new ManualResetEventSlim();
        var first = KeepBusy(database, busy);
        var second = database.WriteAsync(c => Execute(c, "INSERT INTO t VALUES (1)"));

        var closed = database.DisposeAsync().AsTask();
        Assert.False(closed.IsCompleted);
        busy.Set();
        await closed;

        await Task.WhenAll(first, second);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => database.WriteAsync(_ => 0));
    }

    [Fact]
    public async Task Write_OneOfAGroupThrows_TheOthersAreStored()
    {
        await using var database = Open();
        await database.WriteAsync(c => Execute(c, "CREATE TABLE t (n INTEGER)"));

        using var busy = new ManualResetEventSlim();
        var first = KeepBusy(database, busy);
        var writes = Enumerable.Range(0, 50).Select(i => database.WriteAsync(c => i == 25
            ? throw new FormatException("On purpose.")
            : Execute(c, $"INSERT INTO t VALUES ({i})"))).ToArray();
        busy.Set();
        await first;

        await Assert.ThrowsAsync<FormatException>(() => writes[25]);
        await Task.WhenAll(writes.Where((_, i) => i != 25));
        Assert.Equal("49", database.Read(c => Scalar(c, "SELECT count(*) FROM t")));
    }

    [Fact]
    public async Task Write_ManyAtOnce_ShareOneCommit()
    {
        await using var database = Open();
        await database.WriteAsync(c => Execute(c, "CREATE TABLE t (n INTEGER)"));
        using var busy = new ManualResetEventSlim();
        var first = KeepBusy(database, busy);

        // What another connection can see while a change runs is what earlier transactions have committed.
        var seen = new HashSet<string>();
        var writes = Enumerable.Range(0, 200).Select(i => database.WriteAsync(c =>
        {
            seen.Add(database.Read(reader => Scalar(reader, "SELECT count(*) FROM t")));
            return Execute(c, $"INSERT INTO t VALUES ({i})");
        })).ToArray();
        busy.Set();
        await Task.WhenAll(writes.Append(first));

        Assert.Equal(["0"], seen);
        Assert.Equal("200", database.Read(c => Scalar(c, "SELECT count(*) FROM t")));
    }

    [Fact]
    public async Task Write_Failing_ArrivesAsStorageFailed()
    {
        await using var database = Open();
        await database.WriteAsync(c => Execute(c, "PRAGMA max_page_count = 20"));

        var failure = await Assert.ThrowsAsync<SoraException>(
            () => database.WriteAsync(c => Execute(c, "CREATE TABLE big AS SELECT randomblob(1000000)")));

        Assert.Equal(SoraErrorCode.StorageFailed, failure.Error.Code);
        Assert.Contains("disk is full", failure.Message);
        Assert.IsType<SqliteException>(failure.InnerException);
    }

    public void Dispose() => folder.Dispose();

    /// <summary>Has another thread commit until it is told to end, so that what comes meanwhile forms a group.</summary>
    private static Task KeepBusy(SqliteDatabase database, ManualResetEventSlim busy)
    {
        using var begun = new ManualResetEventSlim();
        var held = Task.Run(() => database.WriteAsync(_ =>
        {
            begun.Set();
            busy.Wait();
            return 0;
        }));
        begun.Wait();
        return held;
    }

    private static string Scalar(SqliteSession session, string sql) =>
        Convert.ToString(session.Command(sql).ExecuteScalar(), CultureInfo.InvariantCulture)!;

    private static int Execute(SqliteSession session, string sql) => session.Command(sql).ExecuteNonQuery();

    private SqliteDatabase Open() => SqliteDatabase.Open(folder.Of("sora.db"), clock);
}
