using SoraCluster.Domain.Jobs;

namespace SoraCluster.Domain.Tests.Jobs;

public sealed class LocalJobEventsTests
{
    private readonly LocalJobEvents events = new();

    [Fact]
    public async Task Watch_SlowReader_SeesTheNewestOnly()
    {
        await using var watch = events.WatchAsync("a", default).GetAsyncEnumerator();
        for (var version = 1; version <= 1000; version++)
        {
            events.Publish(Snapshot("a", version));
        }

        Assert.True(await watch.MoveNextAsync());
        Assert.Equal(1000, watch.Current.Version);
    }

    [Fact]
    public async Task Watch_PublishedBeforeFirstRead_IsNotMissed()
    {
        var watch = events.WatchAsync("a", default);
        events.Publish(Snapshot("a", 1));

        await foreach (var snapshot in watch)
        {
            Assert.Equal(1, snapshot.Version);
            break;
        }
    }

    [Fact]
    public async Task Watch_OlderOrRepeated_IsDropped()
    {
        await using var watch = events.WatchAsync("a", default).GetAsyncEnumerator();
        events.Publish(Snapshot("a", 5));
        Assert.True(await watch.MoveNextAsync());

        events.Publish(Snapshot("a", 4));
        events.Publish(Snapshot("a", 5));
        events.Publish(Snapshot("b", 9));
        var next = watch.MoveNextAsync();
        Assert.False(next.IsCompleted);
        events.Publish(Snapshot("a", 6));

        Assert.True(await next);
        Assert.Equal(6, watch.Current.Version);
    }

    [Fact]
    public async Task Watch_JobEnds_EndsForEveryWatcherAndIsForgotten()
    {
        var watches = Enumerable.Range(0, 3).Select(_ => ReadAsync(events.WatchAsync("a", default))).ToArray();

        events.Publish(Snapshot("a", 1, JobStatus.Completed));

        foreach (var seen in await Task.WhenAll(watches))
        {
            Assert.Equal(JobStatus.Completed, Assert.Single(seen).Status);
        }

        Assert.Equal(0, events.WatchedCount);
    }

    [Fact]
    public async Task Watch_Cancelled_EndsAndIsForgotten()
    {
        using var cancellation = new CancellationTokenSource();
        var reading = ReadAsync(events.WatchAsync("a", cancellation.Token));
        var other = events.WatchAsync("a", default).GetAsyncEnumerator();

        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);

        events.Publish(Snapshot("a", 1));
        Assert.True(await other.MoveNextAsync());
        await other.DisposeAsync();
        Assert.Equal(0, events.WatchedCount);
    }

    private static async Task<List<JobSnapshot>> ReadAsync(IAsyncEnumerable<JobSnapshot> watch)
    {
        var seen = new List<JobSnapshot>();
        await foreach (var snapshot in watch)
        {
            seen.Add(snapshot);
        }

        return seen;
    }

    private static JobSnapshot Snapshot(string id, long version, JobStatus status = JobStatus.InProgress) => new()
    {
        Spec = new()
        {
            Id = id,
            Owner = "u",
            Model = "tiny",
            Pack = "tiny",
            Prompt = "p",
            Seed = 1,
            Seconds = 2,
            Size = "64x64",
            NativeSize = "64x64",
            Steps = 4,
            GuidanceScale = 1,
        },
        Status = status,
        CreatedAt = DateTimeOffset.UnixEpoch,
        Version = version,
    };
}
