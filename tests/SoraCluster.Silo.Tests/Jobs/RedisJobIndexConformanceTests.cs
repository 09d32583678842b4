using SoraCluster.Domain.Errors;
using SoraCluster.Domain.Jobs;
using SoraCluster.Silo.Jobs;
using SoraCluster.Silo.Tests.Redis;
using SoraCluster.Testing.Jobs;

namespace SoraCluster.Silo.Tests.Jobs;

public abstract class RedisJobIndexConformance(IRedisFixture redis) : JobIndexConformance
{
    private static int tests;

    private readonly string cluster = $"index-{Interlocked.Increment(ref tests)}";

    protected override IJobIndex Index => new RedisJobIndex(redis.Connection, cluster);

    [Fact]
    public async Task ListByOwner_AfterARemovedJob_GoesOnFromItsPlace()
    {
        var start = new DateTimeOffset(2026, 11, 22, 0, 0, 0, TimeSpan.Zero);
        foreach (var i in Enumerable.Range(0, 4))
        {
            await Index.AddAsync(new($"job-{i}", "ann", start.AddSeconds(i)));
        }

        await Index.RemoveAsync("job-1");

        var page = await Index.ListByOwnerAsync(new("ann", "job-1", 10, Ascending: true));
        Assert.Equal(["job-2", "job-3"], page.JobIds);
    }

    [Fact]
    public async Task Add_OtherClusterOnTheSameRedis_IsNotSeen()
    {
        await new RedisJobIndex(redis.Connection, cluster + "-other").AddAsync(new("a", "ann", DateTimeOffset.UnixEpoch));

        Assert.Empty((await Index.ListByOwnerAsync(new("ann", null, 10, Ascending: true))).JobIds);
    }

    [Fact]
    public async Task Add_RedisDoesNotAnswer_IsStorageFailed()
    {
        await using var away = await StackExchange.Redis.ConnectionMultiplexer.ConnectAsync("127.0.0.1:1,abortConnect=false,connectTimeout=100");
        var index = new RedisJobIndex(away, cluster);

        var failed = await Assert.ThrowsAsync<SoraException>(() => index.AddAsync(new("a", "ann", DateTimeOffset.UnixEpoch)));
        Assert.Equal(SoraErrorCode.StorageFailed, failed.Error.Code);
    }
}

public sealed class RedisJobIndexConformanceTests(RedisServer redis) : RedisJobIndexConformance(redis), IClassFixture<RedisServer>;

[Collection(RedisClusterCollection.Name)]
public sealed class RedisClusterJobIndexConformanceTests(RedisCluster redis) : RedisJobIndexConformance(redis);
