using System.Runtime.CompilerServices;
using SoraCluster.Domain.Jobs;

namespace SoraCluster.Local.Storage;

/// <summary>The job index in SQLite; lists are read a page at a time by key, so that no read lasts and new jobs move nothing.</summary>
internal sealed class SqliteJobIndex(SqliteDatabase database, TimeProvider clock) : IJobIndex
{
    private const int PageSize = 256;

    /// <summary>How long a removed job's place is remembered, so that paging can go on from it.</summary>
    private static readonly TimeSpan RememberRemoved = TimeSpan.FromDays(1);

    public Task AddAsync(JobIndexEntry entry) => WriteAsync(
        """
        INSERT INTO jobs (job_id, owner, created_at, attempt) VALUES ($id, $owner, $created, $attempt)
        ON CONFLICT (job_id) DO UPDATE SET
            owner      = CASE WHEN status = 2 THEN $owner ELSE owner END,
            created_at = CASE WHEN status = 2 THEN $created ELSE created_at END,
            attempt    = CASE WHEN status = 2 THEN $attempt ELSE max(attempt, $attempt) END,
            status     = CASE WHEN status = 2 THEN 0 ELSE status END,
            removed_at = NULL
        """,
        ("$id", entry.JobId),
        ("$owner", entry.Owner),
        ("$attempt", entry.Attempt),
        ("$created", entry.CreatedAt.UtcTicks));

    public Task MarkFinishedAsync(string jobId, DateTimeOffset? expiresAt) => WriteAsync(
        "UPDATE jobs SET status = 1, expires_at = $expires WHERE job_id = $id AND status < 2",
        ("$id", jobId),
        ("$expires", (object?)expiresAt?.UtcTicks ?? DBNull.Value));

    public Task RemoveAsync(string jobId, int attempt = int.MaxValue)
    {
        var now = clock.GetUtcNow();
        return WriteAsync(
            """
            UPDATE jobs SET status = 2, removed_at = $now, expires_at = NULL
            WHERE job_id = $id AND status < 2 AND attempt <= $attempt;
            DELETE FROM jobs WHERE status = 2 AND removed_at < $forget;
            """,
            ("$id", jobId),
            ("$attempt", attempt),
            ("$now", now.UtcTicks),
            ("$forget", (now - RememberRemoved).UtcTicks));
    }

    public IAsyncEnumerable<JobIndexEntry> ListUnfinishedAsync(CancellationToken cancellation = default) => ScanAsync(
        """
        SELECT job_id, owner, created_at, created_at FROM jobs
        WHERE status = 0 AND (created_at, job_id) > ($time, $id) ORDER BY created_at, job_id LIMIT $limit
        """,
        null,
        cancellation);

    public IAsyncEnumerable<JobIndexEntry> ListExpiredAsync(DateTimeOffset now, CancellationToken cancellation = default) => ScanAsync(
        """
        SELECT job_id, owner, created_at, expires_at FROM jobs
        WHERE status = 1 AND expires_at IS NOT NULL AND expires_at <= $now AND (expires_at, job_id) > ($time, $id)
        ORDER BY expires_at, job_id LIMIT $limit
        """,
        now,
        cancellation);

    public Task<JobPage> ListByOwnerAsync(JobPageRequest request)
    {
        var (compare, order) = request.Ascending ? (">", "ASC") : ("<", "DESC");
        var from = request.After is null
            ? ""
            : $"AND (created_at, job_id) {compare} (SELECT created_at, job_id FROM jobs WHERE job_id = $after AND owner = $owner)";
        return Task.FromResult(database.Read(session =>
        {
            var command = session.Command(
                $"SELECT job_id FROM jobs WHERE status < 2 AND owner = $owner {from} ORDER BY created_at {order}, job_id {order} LIMIT $limit",
                ("$owner", request.Owner),
                ("$limit", request.Limit + 1));
            if (request.After is { } after)
            {
                command.Parameters.AddWithValue("$after", after);
            }

            using var row = command.ExecuteReader();
            var ids = new List<string>();
            while (row.Read())
            {
                ids.Add(row.GetString(0));
            }

            return new JobPage([.. ids.Take(request.Limit)], ids.Count > request.Limit);
        }));
    }

    /// <param name="sql">Selects id, owner, creation and the time by which it is ordered, after (<c>$time</c>, <c>$id</c>).</param>
    private async IAsyncEnumerable<JobIndexEntry> ScanAsync(
        string sql, DateTimeOffset? now, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var (time, id) = (long.MinValue, "");
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            var page = database.Read(session => ReadPage(session, sql, now, time, id));
            foreach (var (entry, _) in page)
            {
                yield return entry;
            }

            if (page.Count < PageSize)
            {
                yield break;
            }

            (time, id) = (page[^1].Time, page[^1].Entry.JobId);
            await Task.Yield();
        }
    }

    private static List<(JobIndexEntry Entry, long Time)> ReadPage(
        SqliteSession session, string sql, DateTimeOffset? now, long time, string id)
    {
        var command = session.Command(sql, ("$time", time), ("$id", id), ("$limit", PageSize));
        if (now is { } limit)
        {
            command.Parameters.AddWithValue("$now", limit.UtcTicks);
        }

        using var row = command.ExecuteReader();
        var page = new List<(JobIndexEntry, long)>();
        while (row.Read())
        {
            var entry = new JobIndexEntry(row.GetString(0), row.GetString(1), new DateTimeOffset(row.GetInt64(2), TimeSpan.Zero));
            page.Add((entry, row.GetInt64(3)));
        }

        return page;
    }

    private Task WriteAsync(string sql, params (string Name, object Value)[] parameters) =>
        database.WriteAsync(session => session.Command(sql, parameters).ExecuteNonQuery());
}
