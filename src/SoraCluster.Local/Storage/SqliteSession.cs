using Microsoft.Data.Sqlite;

namespace SoraCluster.Local.Storage;

/// <summary>A connection and the statements that were run on it, which stay prepared. Used by one thread at a time.</summary>
internal sealed class SqliteSession(SqliteConnection connection) : IDisposable
{
    private readonly Dictionary<string, SqliteCommand> prepared = [];

    private SqliteTransaction? transaction;

    /// <summary>Everything in it is done, and on the disk, or nothing is.</summary>
    public void InTransaction(Action work)
    {
        try
        {
            using (transaction = connection.BeginTransaction(deferred: false))
            {
                work();
                transaction.Commit();
            }
        }
        finally
        {
            transaction = null;
        }
    }

    /// <summary>The statement with these values in place of those of the last time; read it to its end, or dispose of its reader, before it is asked for again.</summary>
    public SqliteCommand Command(string sql, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        if (!prepared.TryGetValue(sql, out var command))
        {
            command = connection.CreateCommand();
            command.CommandText = sql;
            prepared[sql] = command;
        }

        command.Transaction = transaction;
        command.Parameters.Clear();
        foreach (var (name, value) in parameters)
        {
            command.Parameters.AddWithValue(name, value);
        }

        return command;
    }

    public void Dispose()
    {
        foreach (var command in prepared.Values)
        {
            command.Dispose();
        }

        connection.Dispose();
    }
}
