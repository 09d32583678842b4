using System.Globalization;
using SoraCluster.Silo.Tests.Redis;

namespace SoraCluster.Silo.Tests.Cluster;

/// <summary>Silos that are killed or paused: what was accepted ends once, is counted once, and comes out the same.</summary>
public sealed class ChaosTests(RedisServer redis) : IClassFixture<RedisServer>, IAsyncLifetime
{
    private const int CheckpointEvery = 5;

    private static readonly TimeSpan LeaseExpiry = TimeSpan.FromSeconds(4);

    private static int tests;

    private readonly string name = $"chaos-{Interlocked.Increment(ref tests)}";
    private TestCluster? made;

    private StoredJobs Jobs => new(redis.Connection, name);

    private TestCluster Cluster => made ??= new TestCluster(redis, name);

    /// <summary>
    /// GPU silos die with jobs in hand, a control silo dies with the queue and the jobs in its memory, Redis restarts from its
    /// append-only file.
    /// </summary>
    [Fact]
    public async Task Kill_SilosAndRedis_EveryJobEndsOnceTheSame()
    {
        var control = StartSilo("control");
        StartSilo("control");
        var workers = new List<SiloProcess> { StartSilo("gpu"), StartSilo("gpu") };
        using var client = new ClusterClient(StartSilo("gateway").Address);
        var ids = await Task.WhenAll(Enumerable.Range(0, 8).Select(key => client.CreateAsync(key, steps: 40)));

        for (var kills = 0; kills < 2; kills++)
        {
            var victim = await HoldsAJobAsync(client, ids, workers);
            workers.Remove(victim);
            await victim.KillAsync();
            workers.Add(StartSilo("gpu"));
        }

        await control.KillAsync();
        await redis.RestartAsync();
        var videos = await Task.WhenAll(ids.Select(client.EndedAsync));

        Assert.All(videos, video => Assert.Equal("completed", video.GetProperty("status").GetString()));
        Assert.Equal(ids.Length, await client.UsedAsync());
        Assert.Equal(await LocalClips.MakeAsync(Cluster.Pack.Folder, ids.Length, steps: 40), await Task.WhenAll(ids.Select(client.ContentAsync)));
        foreach (var id in ids)
        {
            // Every lease but the last was lost, or given back with nothing to redo.
            Assert.InRange(await client.RedoneAsync(id), 0, CheckpointEvery * (await Jobs.TokenAsync(id) - 1));
        }
    }

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
        "--Silo:Queues:MinExpiry", LeaseExpiry.ToString("c", CultureInfo.InvariantCulture));

    private string ArtifactsOf(string id) => Path.Combine(Cluster.Data, "artifacts", "jobs", id);

    /// <summary>A worker in the middle of a job, once there is one.</summary>
    private async Task<SiloProcess> HoldsAJobAsync(ClusterClient client, IReadOnlyList<string> ids, IReadOnlyList<SiloProcess> workers)
    {
        while (true)
        {
            foreach (var id in ids)
            {
                var job = await Jobs.BodyAsync(id);
                if (job.TryGetProperty("worker", out var worker)
                    && (await client.GetAsync($"v1/videos/{id}")).GetProperty("sora").GetProperty("step").GetInt32() > 2
                    && workers.FirstOrDefault(w => worker.GetString()!.Contains($"_{w.SiloPort}_", StringComparison.Ordinal)) is { } holder)
                {
                    return holder;
                }
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        }
    }

    private async Task TokenAboveAsync(string id, long token)
    {
        while (await Jobs.TokenAsync(id) <= token)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        }
    }
}
