using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;
using SoraCluster.Domain.Errors;

namespace SoraCluster.Local.Storage;

/// <summary>
/// The database file: one writing connection that commits what concurrent callers ask for together in one transaction; and a few
/// reading ones.
/// </summary>
/// <remarks>
/// WAL mode, so that readers never wait for the writer. <c>synchronous=FULL</c>: a commit is on the disk before its caller is
/// told, so that an accepted job survives a power cut and not only a killed process; committing in groups pays for it.
/// </remarks>
internal sealed class SqliteDatabase : IAsyncDisposable
{
    private const int MaxIdleReaders = 4;

    private readonly string connectionString;
    private readonly ConcurrentBag<SqliteSession> readers = [];
    private readonly GroupCommitWriter writer;

    private SqliteDatabase(string connectionString, SqliteSession session)
    {
        this.connectionString = connectionString;
        writer = new GroupCommitWriter(session);
    }

    /// <exception cref="LocalServerException">The file cannot be opened, is damaged, or comes from a newer build.</exception>
    public static SqliteDatabase Open(string path, TimeProvider clock)
    {
        var text = new SqliteConnectionStringBuilder { DataSource = path, Pooling = false, DefaultTimeout = 5 }.ToString();
        SqliteConnection? connection = null;
        try
        {
            connection = Connect(text);
            Run(connection, "PRAGMA journal_mode = WAL");
            SqliteSchema.Migrate(connection, clock);
            return new SqliteDatabase(text, new SqliteSession(connection));
        }
        catch (Exception failure)
        {
            connection?.Dispose();
            if (failure is not SqliteException)
            {
                throw;
            }

            throw new LocalServerException(
                StorageTrouble.Explain($"The database '{path}'", failure) ?? $"The database '{path}' cannot be opened: {failure.Message}", failure);
        }
    }

    /// <summary>Runs a change; completes once it is on the disk. It may run again on its own if another in its group fails.</summary>
    /// <exception cref="SoraException"><see cref="SoraErrorCode.StorageFailed"/>: nothing was changed.</exception>
    public async Task<T> WriteAsync<T>(Func<SqliteSession, T> change)
    {
        try
        {
            return await writer.WriteAsync(change);
        }
        catch (SqliteException failure)
        {
            throw Failed(failure);
        }
    }

    /// <summary>Runs a query, on the calling thread, over what was committed before it.</summary>
    public T Read<T>(Func<SqliteSession, T> query)
    {
        SqliteSession? session = null;
        try
        {
            session = readers.TryTake(out var idle) ? idle : new SqliteSession(Connect(connectionString));
            return query(session);
        }
        catch (SqliteException failure)
        {
            throw Failed(failure);
        }
        finally
        {
            Return(session);
        }
    }

    public async ValueTask DisposeAsync()
    {
        while (readers.TryTake(out var reader))
        {
            reader.Dispose();
        }

        await writer.DisposeAsync();
    }

    private static SqliteConnection Connect(string connectionString)
    {
        var connection = new SqliteConnection(connectionString);
        connection.Open();
        Run(connection, "PRAGMA busy_timeout = 5000; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON");
        return connection;
    }

    private static void Run(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private static SoraException Failed(SqliteException failure) => new(
        new SoraError(
            SoraErrorCode.StorageFailed,
            StorageTrouble.Explain("The server's database", failure) ?? "The server's database failed; its log says how."),
        failure);

    private void Return(SqliteSession? session)
    {
        if (session is null)
        {
            return;
        }

        if (readers.Count < MaxIdleReaders)
        {
            readers.Add(session);
        }
        else
        {
            session.Dispose();
        }
    }
}
