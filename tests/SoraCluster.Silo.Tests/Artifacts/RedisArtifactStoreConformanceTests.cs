using SoraCluster.Domain.Artifacts;
using SoraCluster.Silo.Artifacts;
using SoraCluster.Silo.Tests.Redis;
using SoraCluster.Testing.Artifacts;

namespace SoraCluster.Silo.Tests.Artifacts;

public abstract class RedisArtifactStoreConformance(IRedisFixture redis) : ArtifactStoreConformance
{
    private static int tests;

    protected override IArtifactStore Store { get; } = new RedisArtifactStore(redis.Connection, $"artifacts-{Interlocked.Increment(ref tests)}");

    [Fact]
    public async Task List_MoreThanAPage_GivesAllOnce()
    {
        for (var i = 0; i < 600; i++)
        {
            await Store.WriteAsync($"many/{i}", (stream, token) => stream.WriteAsync(new byte[] { 1 }, token).AsTask());
        }

        var keys = new List<string>();
        await foreach (var info in Store.ListAsync("many/"))
        {
            keys.Add(info.Key);
        }

        Assert.Equal(600, keys.Count);
        Assert.Equal(600, keys.Distinct().Count());
    }
}

public sealed class RedisArtifactStoreConformanceTests(RedisServer redis) : RedisArtifactStoreConformance(redis), IClassFixture<RedisServer>;

[Collection(RedisClusterCollection.Name)]
public sealed class RedisClusterArtifactStoreConformanceTests(RedisCluster redis) : RedisArtifactStoreConformance(redis);
