using SoraCluster.Domain.Artifacts;
using SoraCluster.Silo.Artifacts;
using SoraCluster.Silo.Tests.Redis;
using SoraCluster.Testing;
using SoraCluster.Testing.Artifacts;
using SoraCluster.Worker.Artifacts;

namespace SoraCluster.Silo.Tests.Artifacts;

public sealed class SplitArtifactStoreConformanceTests : ArtifactStoreConformance, IClassFixture<RedisServer>, IDisposable
{
    private static int tests;

    private readonly TemporaryFolder folder = new();
    private readonly RedisArtifactStore checkpoints;
    private readonly FileArtifactStore others;

    public SplitArtifactStoreConformanceTests(RedisServer redis)
    {
        checkpoints = new RedisArtifactStore(redis.Connection, $"split-{Interlocked.Increment(ref tests)}");
        others = new FileArtifactStore(folder.Of("artifacts"), folder.Of("partial"));
        Store = new SplitArtifactStore(checkpoints, others);
    }

    protected override IArtifactStore Store { get; }

    [Fact]
    public async Task DeletePrefix_Job_TakesItFromBoth()
    {
        foreach (var key in new[] { "jobs/a/checkpoints/1-5.safetensors", "jobs/a/1/video.mp4", "jobs/b/checkpoints/1-5.safetensors" })
        {
            await Store.WriteAsync(key, (stream, token) => stream.WriteAsync(new byte[] { 1 }, token).AsTask());
        }

        Assert.NotNull(await checkpoints.GetInfoAsync("jobs/a/checkpoints/1-5.safetensors"));
        Assert.NotNull(await others.GetInfoAsync("jobs/a/1/video.mp4"));

        await Store.DeletePrefixAsync("jobs/a/");

        Assert.Null(await Store.GetInfoAsync("jobs/a/checkpoints/1-5.safetensors"));
        Assert.Null(await Store.GetInfoAsync("jobs/a/1/video.mp4"));
        Assert.NotNull(await Store.GetInfoAsync("jobs/b/checkpoints/1-5.safetensors"));
    }

    [Fact]
    public async Task DeletePrefix_Checkpoints_LeavesTheClip()
    {
        await Store.WriteAsync("jobs/a/checkpoints/1-5.safetensors", (stream, token) => stream.WriteAsync(new byte[] { 1 }, token).AsTask());
        await Store.WriteAsync("jobs/a/1/video.mp4", (stream, token) => stream.WriteAsync(new byte[] { 1 }, token).AsTask());

        await Store.DeletePrefixAsync("jobs/a/checkpoints/");

        Assert.Null(await Store.GetInfoAsync("jobs/a/checkpoints/1-5.safetensors"));
        Assert.NotNull(await Store.GetInfoAsync("jobs/a/1/video.mp4"));
    }

    public void Dispose() => folder.Dispose();
}
