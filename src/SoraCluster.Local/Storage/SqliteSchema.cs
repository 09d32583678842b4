using System.Globalization;
using Microsoft.Data.Sqlite;

namespace SoraCluster.Local.Storage;

/// <summary>The tables, as a list of migrations; a database records which it has had.</summary>
internal static class SqliteSchema
{
    /// <summary>In order; one that was released never changes again.</summary>
    private static readonly string[] Migrations =
    [
        """
        CREATE TABLE entity_states (
            type    TEXT    NOT NULL,
            key     TEXT    NOT NULL,
            version INTEGER NOT NULL,
            state   BLOB    NOT NULL,
            PRIMARY KEY (type, key)
        ) WITHOUT ROWID;

        -- Times are UTC ticks of 100 ns. status: 0 unfinished, 1 finished, 2 removed (kept a while so that paging can go on from it).
        CREATE TABLE jobs (
            job_id     TEXT    NOT NULL PRIMARY KEY,
            owner      TEXT    NOT NULL,
            created_at INTEGER NOT NULL,
            status     INTEGER NOT NULL DEFAULT 0,
            expires_at INTEGER,
            removed_at INTEGER
        ) WITHOUT ROWID;
        CREATE INDEX jobs_by_owner   ON jobs (owner, created_at, job_id) WHERE status < 2;
        CREATE INDEX jobs_unfinished ON jobs (created_at, job_id) WHERE status = 0;
        CREATE INDEX jobs_expiring   ON jobs (expires_at, job_id) WHERE status = 1 AND expires_at IS NOT NULL;
        CREATE INDEX jobs_removed    ON jobs (removed_at) WHERE status = 2;
        """,
        "ALTER TABLE jobs ADD COLUMN attempt INTEGER NOT NULL DEFAULT 0",
    ];

    /// <summary>Brings a database up to this build's schema.</summary>
    /// <exception cref="LocalServerException">It was written by a newer build.</exception>
    public static void Migrate(SqliteConnection connection, TimeProvider clock)
    {
        using var transaction = connection.BeginTransaction(deferred: false);
        using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = "CREATE TABLE IF NOT EXISTS schema_migrations (version INTEGER NOT NULL PRIMARY KEY, applied_at TEXT NOT NULL)";
        command.ExecuteNonQuery();
        command.CommandText = "SELECT coalesce(max(version), 0) FROM schema_migrations";
        var found = Convert.ToInt32(command.ExecuteScalar(), CultureInfo.InvariantCulture);
        if (found > Migrations.Length)
        {
            throw new LocalServerException(
                $"The database '{connection.DataSource}' was written by a newer SoraCluster (schema {found}; this one knows {Migrations.Length}): "
                + "start that version, or choose another folder with --data.");
        }

        for (var next = found; next < Migrations.Length; next++)
        {
            command.CommandText = Migrations[next];
            command.ExecuteNonQuery();
            command.CommandText = $"INSERT INTO schema_migrations VALUES ({next + 1}, '{clock.GetUtcNow():O}')";
            command.ExecuteNonQuery();
        }

        transaction.Commit();
    }
}
