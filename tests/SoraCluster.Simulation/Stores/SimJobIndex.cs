using System.Runtime.CompilerServices;
using SoraCluster.Domain.Jobs;
using SoraCluster.Simulation.Core;

namespace SoraCluster.Simulation.Stores;

/// <summary>The durable lists of jobs, as one process reaches them.</summary>
public sealed class SimJobIndex(SimJobIndex.Rows rows, SimDisk disk, SimProcess process) : IJobIndex
{
    public Task AddAsync(JobIndexEntry entry) => disk.DoAsync(process, () =>
    {
        var row = rows.All.GetValueOrDefault(entry.JobId) ?? new(entry, false, null);
        return rows.All[entry.JobId] = row with { Entry = row.Entry with { Attempt = Math.Max(row.Entry.Attempt, entry.Attempt) } };
    });

    public Task MarkFinishedAsync(string jobId, DateTimeOffset? expiresAt) => disk.DoAsync(process, () =>
    {
        if (rows.All.TryGetValue(jobId, out var row))
        {
            rows.All[jobId] = row with { Finished = true, ExpiresAt = expiresAt };
        }

        return true;
    });

    public Task RemoveAsync(string jobId, int attempt = int.MaxValue) => disk.DoAsync(
        process, () => rows.All.TryGetValue(jobId, out var row) && row.Entry.Attempt <= attempt && rows.All.Remove(jobId));

    public IAsyncEnumerable<JobIndexEntry> ListUnfinishedAsync(CancellationToken cancellation = default) =>
        ListAsync(r => !r.Finished, r => r.Entry.CreatedAt, cancellation);

    public IAsyncEnumerable<JobIndexEntry> ListExpiredAsync(DateTimeOffset now, CancellationToken cancellation = default) =>
        ListAsync(r => r.Finished && r.ExpiresAt <= now, r => r.ExpiresAt!.Value, cancellation);

    public Task<JobPage> ListByOwnerAsync(JobPageRequest request) => throw new NotSupportedException("Nothing here lists by owner.");

    private async IAsyncEnumerable<JobIndexEntry> ListAsync(
        Func<Row, bool> which, Func<Row, DateTimeOffset> order, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var found = await disk.ReadAsync(process, () => rows.All.Values
            .Where(which).OrderBy(order).ThenBy(r => r.Entry.JobId, StringComparer.Ordinal).Select(r => r.Entry).ToArray());
        foreach (var entry in found)
        {
            cancellation.ThrowIfCancellationRequested();
            yield return entry;
        }
    }

    public sealed record Row(JobIndexEntry Entry, bool Finished, DateTimeOffset? ExpiresAt);

    /// <summary>What is stored.</summary>
    public sealed class Rows
    {
        public Dictionary<string, Row> All { get; } = [];
    }
}
