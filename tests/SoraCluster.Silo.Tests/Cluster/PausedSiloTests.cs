using System.Globalization;
using SoraCluster.Silo.Tests.Redis;

namespace SoraCluster.Silo.Tests.Cluster;

/// <summary>A silo that is paused: what was accepted ends once and comes out the same.</summary>
public sealed class PausedSiloTests(RedisServer redis) : IClassFixture<RedisServer>, IAsyncLifetime
{
    private const string Name = "paused";

    private const int CheckpointEvery = 5;

    private static readonly TimeSpan LeaseExpiry = TimeSpan.FromSeconds(4);

    private TestCluster? made;

    private StoredJobs Jobs => new(redis.Connection, Name);

    private TestCluster Cluster => made ??= new TestCluster(redis, Name);

    /// <summary>The worker that wakes still believes in its lease, and has newer steps in its memory than anyone has stored.</summary>
    [Fact]
    public async Task Pause_GpuSiloUntilItsLeaseIsAnothers_CannotAdvanceTheJobWhenItWakes()
    {
        StartSilo("control");
        var paused = StartSilo("gpu");
        using var client = new ClusterClient(StartSilo("gateway").Address);
        var id = await client.CreateAsync(key: 0, steps: 40);
        await client.AtStepAsync(id, 6);
        paused.Pause();
        var token = await Jobs.TokenAsync(id);

        var heir = StartSilo("gpu");
        await TokenAboveAsync(id, token);
        paused.Wake();
        var video = await client.EndedAsync(id);

        Assert.Equal("completed", video.GetProperty("status").GetString());
        Assert.Equal(await LocalClips.MakeAsync(Cluster.Pack.Folder, 1, steps: 40), [await client.ContentAsync(id)]);
        Assert.Equal(token + 1, await Jobs.TokenAsync(id));
        Assert.InRange(await client.RedoneAsync(id), 0, CheckpointEvery);
        var clip = Assert.Single(Directory.GetFiles(ArtifactsOf(id), "video.mp4", SearchOption.AllDirectories));
        Assert.Equal((token + 1).ToString(CultureInfo.InvariantCulture), Path.GetFileName(Path.GetDirectoryName(clip)));
        Assert.False(heir.HasExited);
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        if (made is not null)
        {
            await made.DisposeAsync();
        }
    }

    private SiloProcess StartSilo(string roles) => Cluster.Start(
        roles,
        "--checkpoint-every", CheckpointEvery.ToString(CultureInfo.InvariantCulture),
        "--Silo:ProbeTimeout", "00:00:02", // nobody else can join before the paused one is taken for dead
        "--Silo:Queues:MinExpiry", LeaseExpiry.ToString("c", CultureInfo.InvariantCulture));

    private string ArtifactsOf(string id) => Path.Combine(Cluster.Data, "artifacts", "jobs", id);

    private async Task TokenAboveAsync(string id, long token)
    {
        while (await Jobs.TokenAsync(id) <= token)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        }
    }
}
