using SoraCluster.Domain.Artifacts;
using SoraCluster.Silo.Artifacts;
using SoraCluster.Testing.Artifacts;

namespace SoraCluster.Silo.Tests.Artifacts;

public sealed class RedisArtifactStoreConformanceTests : ArtifactStoreConformance, IClassFixture<RedisServer>
{
    private static int tests;

    public RedisArtifactStoreConformanceTests(RedisServer redis) =>
        Store = new RedisArtifactStore(redis.Connection, $"artifacts-{Interlocked.Increment(ref tests)}");

    protected override IArtifactStore Store { get; }

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
