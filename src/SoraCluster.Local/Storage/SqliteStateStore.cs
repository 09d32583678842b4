using SoraCluster.Local.Hosting;

namespace SoraCluster.Local.Storage;

/// <summary>Entity states in SQLite.</summary>
/// <remarks>
/// Versions count up by one. A state stored where there was none starts at the clock's microseconds, so that one that was
/// removed and stored again never has a version that somebody still holding the old one could mistake for theirs.
/// </remarks>
internal sealed class SqliteStateStore(SqliteDatabase database, TimeProvider clock) : IStateStore
{
    private long lastFirst;

    public ValueTask<StoredState?> LoadAsync(string type, string key) => new(database.Read(session =>
    {
        using var row = session.Command(
            "SELECT version, state FROM entity_states WHERE type = $type AND key = $key", ("$type", type), ("$key", key)).ExecuteReader();
        return row.Read() ? new StoredState(row.GetInt64(0), row.GetFieldValue<byte[]>(1)) : (StoredState?)null;
    }));

    public Task<long?> SaveAsync(string type, string key, long expected, byte[] json) => database.WriteAsync(session =>
    {
        var version = expected == 0 ? FirstVersion() : expected + 1;
        var command = expected == 0
            ? session.Command(
                "INSERT INTO entity_states (type, key, version, state) VALUES ($type, $key, $version, $state) ON CONFLICT DO NOTHING",
                ("$type", type), ("$key", key), ("$version", version), ("$state", json))
            : session.Command(
                "UPDATE entity_states SET version = $version, state = $state WHERE type = $type AND key = $key AND version = $expected",
                ("$type", type), ("$key", key), ("$version", version), ("$state", json), ("$expected", expected));
        return command.ExecuteNonQuery() == 1 ? version : (long?)null;
    });

    public Task<bool> ClearAsync(string type, string key, long expected) => database.WriteAsync(session => session.Command(
        "DELETE FROM entity_states WHERE type = $type AND key = $key AND version = $expected",
        ("$type", type), ("$key", key), ("$expected", expected)).ExecuteNonQuery() == 1);

    /// <summary>Called on the writer's thread only.</summary>
    private long FirstVersion() => lastFirst = Math.Max(lastFirst + 1, clock.GetUtcNow().Ticks / TimeSpan.TicksPerMicrosecond);
}
