using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Threading.Channels;
using SoraCluster.Domain.Artifacts;
using SoraCluster.Domain.Jobs;
using SoraCluster.Domain.Steps;

namespace SoraCluster.Gateway.Tests.Support;

internal sealed class MemoryArtifacts : IArtifactStore
{
    private readonly ConcurrentDictionary<string, byte[]> stored = new(StringComparer.Ordinal);

    public IReadOnlyCollection<string> Keys => [.. stored.Keys];

    public async Task<ArtifactInfo> WriteAsync(
        string key, Func<Stream, CancellationToken, Task> write, CancellationToken cancellation = default)
    {
        using var stream = new MemoryStream();
        await write(stream, cancellation);
        stored[key] = stream.ToArray();
        return (await GetInfoAsync(key, cancellation))!;
    }

    public Task<Stream?> OpenReadAsync(string key, CancellationToken cancellation = default) =>
        Task.FromResult<Stream?>(stored.TryGetValue(key, out var bytes) ? new MemoryStream(bytes, writable: false) : null);

    public Task<ArtifactInfo?> GetInfoAsync(string key, CancellationToken cancellation = default) => Task.FromResult(
        stored.TryGetValue(key, out var bytes)
            ? new ArtifactInfo(key, bytes.Length, Convert.ToHexStringLower(SHA256.HashData(bytes)))
            : null);

    public Task<bool> DeleteAsync(string key, CancellationToken cancellation = default) => Task.FromResult(stored.TryRemove(key, out _));

    public Task DeletePrefixAsync(string prefix, CancellationToken cancellation = default)
    {
        foreach (var key in stored.Keys.Where(k => k.StartsWith(prefix, StringComparison.Ordinal)))
        {
            stored.TryRemove(key, out _);
        }

        return Task.CompletedTask;
    }

    public async IAsyncEnumerable<ArtifactInfo> ListAsync(
        string prefix, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        foreach (var key in stored.Keys.Where(k => k.StartsWith(prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            yield return (await GetInfoAsync(key, cancellation))!;
        }
    }
}

internal sealed class MemoryIndex : IJobIndex
{
    private readonly Lock gate = new();
    private readonly List<JobIndexEntry> entries = [];
    private readonly Dictionary<string, DateTimeOffset?> finished = [];

    public Task AddAsync(JobIndexEntry entry) => Locked(() =>
    {
        if (!entries.Exists(e => e.JobId == entry.JobId))
        {
            entries.Add(entry);
        }
    });

    public Task MarkFinishedAsync(string jobId, DateTimeOffset? expiresAt) => Locked(() => finished[jobId] = expiresAt);

    public Task RemoveAsync(string jobId, int attempt = int.MaxValue) => Locked(() => entries.RemoveAll(e => e.JobId == jobId && e.Attempt <= attempt));

    public IAsyncEnumerable<JobIndexEntry> ListUnfinishedAsync(CancellationToken cancellation = default) =>
        Snapshot(e => !finished.ContainsKey(e.JobId)).ToAsyncEnumerable();

    public IAsyncEnumerable<JobIndexEntry> ListExpiredAsync(DateTimeOffset now, CancellationToken cancellation = default) =>
        Snapshot(e => finished.TryGetValue(e.JobId, out var at) && at <= now).ToAsyncEnumerable();

    public Task<JobPage> ListByOwnerAsync(JobPageRequest request)
    {
        var own = Snapshot(e => e.Owner == request.Owner);
        if (!request.Ascending)
        {
            own.Reverse();
        }

        var from = request.After is null ? 0 : own.FindIndex(e => e.JobId == request.After) + 1;
        var rest = own.Skip(from).Select(e => e.JobId).ToList();
        return Task.FromResult(new JobPage([.. rest.Take(request.Limit)], rest.Count > request.Limit));
    }

    private List<JobIndexEntry> Snapshot(Func<JobIndexEntry, bool> where)
    {
        lock (gate)
        {
            return [.. entries.Where(where)];
        }
    }

    private Task Locked(Action action)
    {
        lock (gate)
        {
            action();
        }

        return Task.CompletedTask;
    }
}

internal sealed class MemoryEvents : IJobEvents
{
    private readonly Lock gate = new();
    private readonly List<(string JobId, Channel<JobSnapshot> Channel)> watchers = [];

    /// <summary>When set, nothing is told: watchers must find out by themselves.</summary>
    public bool Mute { get; set; }

    public int Watchers
    {
        get
        {
            lock (gate)
            {
                return watchers.Count;
            }
        }
    }

    public void Publish(JobSnapshot snapshot)
    {
        lock (gate)
        {
            foreach (var (_, channel) in watchers.Where(w => !Mute && w.JobId == snapshot.Spec.Id))
            {
                channel.Writer.TryWrite(snapshot);
            }
        }
    }

    public async IAsyncEnumerable<JobSnapshot> WatchAsync(string jobId, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var channel = Channel.CreateBounded<JobSnapshot>(
            new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest });
        lock (gate)
        {
            watchers.Add((jobId, channel));
        }

        try
        {
            await foreach (var snapshot in channel.Reader.ReadAllAsync(cancellation))
            {
                yield return snapshot;
                if (snapshot.Ended)
                {
                    yield break;
                }
            }
        }
        finally
        {
            lock (gate)
            {
                watchers.RemoveAll(w => w.Channel == channel);
            }
        }
    }
}

/// <summary>Jobs of these tests are run by hand: nobody needs to be told.</summary>
internal sealed class SilentQueues : IQueueSignal, IStepCosts, IWorkerRoster
{
    public void Announce(QueueEntry entry)
    {
    }

    public void Withdraw(JobSpec spec)
    {
    }

    public void Rebuild(string queue)
    {
    }

    public StepCost CostOf(JobSpec spec) => new($"{spec.Pack}/{spec.NativeSize}", spec.Steps, 0.1);

    public bool IsDead(string workerId) => false;
}
