using System.Net;
using SoraCluster.Local;
using SoraCluster.Silo.Tests.Redis;
using SoraCluster.Testing;
using StackExchange.Redis;

namespace SoraCluster.Silo.Tests.Cluster;

/// <summary>Separate processes over a real Redis.</summary>
public sealed class ClusterTests(RedisServer redis) : IClassFixture<RedisServer>, IAsyncLifetime
{
    private static int tests;

    private readonly string name = $"cluster-{Interlocked.Increment(ref tests)}";
    private TestCluster? made;

    private TestCluster Cluster => made ??= new TestCluster(redis, name);

    [Fact]
    public async Task Create_ThroughSeparateProcesses_GivesTheBytesOfLocalMode()
    {
        Cluster.Start("control");
        Cluster.Start("gpu");
        using var client = new ClusterClient(Cluster.Start("gateway").Address);
        var id = await client.CreateAsync(key: 7);
        var video = await client.EndedAsync(id);

        Assert.Equal("completed", video.GetProperty("status").GetString());
        Assert.Equal(1, await client.UsedAsync());
        var (clip, latents) = await LocallyAsync(key: 7);
        Assert.Equal(latents, await LatentsAsync(Cluster.Data, id));
        Assert.Equal(clip, await client.ContentAsync(id));
        Assert.Empty(await CheckpointsAsync());
        Assert.Equal(["control Active", "gateway Active", "gpu Active"], await NodesAsync(client));
    }

    [Fact]
    public async Task Watch_JobOnAnotherSilo_TellsEveryStageToItsEnd()
    {
        Cluster.Start("control");
        using var client = new ClusterClient(Cluster.Start("gateway").Address);
        var id = await client.CreateAsync(key: 1, seconds: 2, steps: 100);
        var watch = client.EventsAsync(id);
        Cluster.Start("gpu");
        var events = await watch;

        Assert.Equal("queued", events[0].GetProperty("status").GetString());
        Assert.Equal("completed", events[^1].GetProperty("status").GetString());
        var steps = events.Select(e => e.GetProperty("sora").GetProperty("step").GetInt32()).Distinct().ToArray();
        Assert.True(steps.Length > 3, $"Only the steps {string.Join(", ", steps)} were told: of a second's work the gateway, which asks every 15 s, sees the beginning and the end; the rest comes from the job.");
    }

    [Fact]
    public async Task Save_StateChangedBehindTheGrain_IsRefusedOnceAndThenLoadedAfresh()
    {
        Cluster.Start("control");
        using var client = new ClusterClient(Cluster.Start("gateway").Address);
        await client.CreateAsync(key: 1);
        var database = redis.Connection.GetDatabase();
        var state = new RedisKey($"{name}/state/user/local/state");
        var stored = await database.HashGetAsync(state, "data");
        await database.HashSetAsync(state, [
            new("etag", "another"), new("data", ((string)stored!).Replace("video_", "other_", StringComparison.Ordinal))]);

        var refused = await client.TryCreateAsync(key: 2);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.Status);
        await client.CreateAsync(key: 2);

        Assert.Contains("other_", (string)(await database.HashGetAsync(state, "data"))!, StringComparison.Ordinal);
        Assert.Equal(2, await client.UsedAsync());
    }

    [Fact]
    public async Task Stop_GpuSiloAtWork_StoresACheckpointGivesTheJobBackAndLeaves()
    {
        Cluster.Start("control");
        var first = Cluster.Start("gpu", "--checkpoint-every", "1000");
        using var client = new ClusterClient(Cluster.Start("gateway").Address);
        var id = await client.CreateAsync(key: 3, seconds: 2, steps: 40);
        await client.AtStepAsync(id, 3);

        Assert.Equal(0, await first.StopAsync());
        Assert.Single(await CheckpointsAsync());
        Cluster.Start("gpu");
        var video = await client.EndedAsync(id);

        Assert.Equal("completed", video.GetProperty("status").GetString());
        Assert.Equal(0, await client.RedoneAsync(id));
        Assert.Equal((await LocallyAsync(key: 3, seconds: 2, steps: 40)).Clip, await client.ContentAsync(id));
        Assert.Equal(["control Active", "gateway Active", "gpu Active", "gpu Dead"], await NodesAsync(client));
    }

    [Fact]
    public async Task Start_RedisIsNotThere_EndsWithOneLineThatNamesIt()
    {
        var silo = SiloProcess.Start("control", "--redis", "127.0.0.1:1,password=secret,connectTimeout=200,connectRetry=1", "--data", Cluster.Data, "--packs", Cluster.Pack.Folder);
        await silo.EndedAsync();

        Assert.Contains("--redis", silo.Log, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", silo.Log, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", silo.Log, StringComparison.Ordinal);
        await silo.DisposeAsync();
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        if (made is not null)
        {
            await made.DisposeAsync();
        }
    }

    private async Task<(byte[] Clip, byte[] Latents)> LocallyAsync(int key, int seconds = 1, int steps = 12)
    {
        using var folder = new TemporaryFolder();
        await using var server = await LocalServer.StartAsync(
            new() { Port = 0, DataFolder = folder.Path, PackFolders = [Cluster.Pack.Folder], Threads = 2 });
        using var client = new ClusterClient(server.BaseAddress);
        var id = await client.CreateAsync(key, seconds, steps);
        Assert.Equal("completed", (await client.EndedAsync(id)).GetProperty("status").GetString());
        return (await client.ContentAsync(id), await LatentsAsync(folder.Path, id));
    }

    /// <summary>Roles and status of every silo that the cluster knows of.</summary>
    private static async Task<string[]> NodesAsync(ClusterClient client) =>
        [.. (await client.GetAsync("internal/nodes")).EnumerateArray()
            .Select(node => $"{string.Join('+', node.GetProperty("roles").EnumerateArray())} {node.GetProperty("status")}").Order(StringComparer.Ordinal)];

    private static Task<byte[]> LatentsAsync(string data, string id) => File.ReadAllBytesAsync(
        Assert.Single(Directory.GetFiles(Path.Combine(data, "artifacts", "jobs", id), "latents.safetensors", SearchOption.AllDirectories)));

    private async Task<string[]> CheckpointsAsync() =>
        [.. (await redis.Connection.GetDatabase().SortedSetRangeByRankAsync($"{name}/artifacts")).Select(k => k.ToString())];
}
