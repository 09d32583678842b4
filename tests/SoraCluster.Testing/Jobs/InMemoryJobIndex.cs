using System.Runtime.CompilerServices;
using SoraCluster.Domain.Jobs;

namespace SoraCluster.Testing.Jobs;

/// <summary>The index in memory.</summary>
public sealed class InMemoryJobIndex : IJobIndex
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, Row> rows = [];

    /// <summary>Called before every change; what it throws, the caller sees, and nothing was changed.</summary>
    public Func<string, Task>? BeforeChange { get; set; }

    public IReadOnlyCollection<string> Unfinished => [.. All().Where(r => !r.Finished).Select(r => r.Entry.JobId)];

    public IReadOnlyCollection<string> Known => [.. All().Select(r => r.Entry.JobId)];

    public Task AddAsync(JobIndexEntry entry) => ChangeAsync(entry.JobId, () =>
    {
        var row = rows.GetValueOrDefault(entry.JobId) ?? new(entry, false, null);
        rows[entry.JobId] = row with { Entry = row.Entry with { Attempt = Math.Max(row.Entry.Attempt, entry.Attempt) } };
    });

    public Task MarkFinishedAsync(string jobId, DateTimeOffset? expiresAt) => ChangeAsync(jobId, () =>
    {
        if (rows.TryGetValue(jobId, out var row))
        {
            rows[jobId] = row with { Finished = true, ExpiresAt = expiresAt };
        }
    });

    public Task RemoveAsync(string jobId, int attempt = int.MaxValue) => ChangeAsync(jobId, () =>
    {
        if (rows.TryGetValue(jobId, out var row) && row.Entry.Attempt <= attempt)
        {
            rows.Remove(jobId);
        }
    });

    public IAsyncEnumerable<JobIndexEntry> ListUnfinishedAsync(CancellationToken cancellation = default) =>
        ListAsync(r => !r.Finished, r => r.Entry.CreatedAt, cancellation);

    public IAsyncEnumerable<JobIndexEntry> ListExpiredAsync(DateTimeOffset now, CancellationToken cancellation = default) =>
        ListAsync(r => r.Finished && r.ExpiresAt <= now, r => r.ExpiresAt!.Value, cancellation);

    public Task<JobPage> ListByOwnerAsync(JobPageRequest request)
    {
        var own = All().Where(r => r.Entry.Owner == request.Owner)
            .OrderBy(r => r.Entry.CreatedAt).ThenBy(r => r.Entry.JobId, StringComparer.Ordinal)
            .Select(r => r.Entry.JobId).ToList();
        if (!request.Ascending)
        {
            own.Reverse();
        }

        var from = request.After is null ? 0 : own.IndexOf(request.After) + 1;
        var page = request.After is not null && from == 0 ? [] : own.Skip(from).Take(request.Limit).ToArray();
        return Task.FromResult(new JobPage(page, from + page.Length < own.Count && page.Length > 0));
    }

    private async Task ChangeAsync(string jobId, Action change)
    {
        await (BeforeChange?.Invoke(jobId) ?? Task.CompletedTask);
        lock (gate)
        {
            change();
        }
    }

    private Row[] All()
    {
        lock (gate)
        {
            return [.. rows.Values];
        }
    }

    private async IAsyncEnumerable<JobIndexEntry> ListAsync(
        Func<Row, bool> which, Func<Row, DateTimeOffset> order, [EnumeratorCancellation] CancellationToken cancellation)
    {
        foreach (var row in All().Where(which).OrderBy(order).ThenBy(r => r.Entry.JobId, StringComparer.Ordinal))
        {
            cancellation.ThrowIfCancellationRequested();
            yield return row.Entry;
        }

        await Task.CompletedTask;
    }

    private sealed record Row(JobIndexEntry Entry, bool Finished, DateTimeOffset? ExpiresAt);
}
