using Microsoft.Data.Sqlite;
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

    public ValueTask<StoredState?> LoadAsync(string type, string key) => new(database.Read(connection =>
    {
        using var command = Command(connection, "SELECT version, state FROM entity_states WHERE type = $type AND key = $key", type, key);
        using var row = command.ExecuteReader();
        return row.Read() ? new StoredState(row.GetInt64(0), row.GetFieldValue<byte[]>(1)) : (StoredState?)null;
    }));

    public Task<long?> SaveAsync(string type, string key, long expected, byte[] json) => database.WriteAsync(connection =>
    {
        var version = expected == 0 ? FirstVersion() : expected + 1;
        using var command = Command(
            connection,
            expected == 0
                ? "INSERT INTO entity_states (type, key, version, state) VALUES ($type, $key, $version, $state) ON CONFLICT DO NOTHING"
                : "UPDATE entity_states SET version = $version, state = $state WHERE type = $type AND key = $key AND version = $expected",
            type,
            key);
        command.Parameters.AddWithValue("$version", version);
        command.Parameters.AddWithValue("$state", json);
        if (expected != 0)
        {
            command.Parameters.AddWithValue("$expected", expected);
        }

        return command.ExecuteNonQuery() == 1 ? version : (long?)null;
    });

    public Task<bool> ClearAsync(string type, string key, long expected) => database.WriteAsync(connection =>
    {
        using var command = Command(
            connection, "DELETE FROM entity_states WHERE type = $type AND key = $key AND version = $expected", type, key);
        command.Parameters.AddWithValue("$expected", expected);
        return command.ExecuteNonQuery() == 1;
    });

    /// <summary>Called on the writer's thread only.</summary>
    private long FirstVersion() => lastFirst = Math.Max(lastFirst + 1, clock.GetUtcNow().Ticks / TimeSpan.TicksPerMicrosecond);

    private static SqliteCommand Command(SqliteConnection connection, string sql, string type, string key)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        command.Parameters.AddWithValue("$type", type);
        command.Parameters.AddWithValue("$key", key);
        return command;
    }
}
