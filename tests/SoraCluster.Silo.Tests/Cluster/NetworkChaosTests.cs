using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using SoraCluster.Silo.Tests.Redis;
using Xunit.Abstractions;

namespace SoraCluster.Silo.Tests.Cluster;

/// <summary>
/// Two control silos, three GPU silos and a gateway, of which one is killed every five seconds (<c>SORA_CHAOS_SECONDS</c>); meanwhile Redis restarts, and a control silo
/// is cut off from a GPU silo, then from the other control silo, where network namespaces can be made. Small by default; with <c>SORA_CHAOS_JOBS=200</c> it is as large as said
/// there and the killing goes on until every job has ended. <c>SORA_TEST_SILO</c> names a published <c>SoraCluster.Silo.dll</c>.
/// </summary>
public sealed class NetworkChaosTests(ITestOutputHelper output)
{
    private const int Steps = 40, CheckpointEvery = 5;

    /// <summary>What happens at which kill; the last kill of the small form.</summary>
    private const int RestartsRedis = 2, CutsGpu = 3, CutsControl = 5, Mends = 7, SmallForm = 8;

    private const string Name = "network";

    private static readonly int? Asked = Number("SORA_CHAOS_JOBS");

    private static readonly TimeSpan Period = TimeSpan.FromSeconds(Number("SORA_CHAOS_SECONDS") ?? 5);

    private readonly Random random = new(11);

    [Fact]
    public async Task Run_SilosKilledCutOffWhereTheyCanBeAndRedisRestarted_EveryJobEndsOnceTheSame()
    {
        var jobs = Asked ?? 24; // enough that the last silo is killed while there is work
        var trouble = SiloNet.Trouble();
        using var net = trouble is null ? new SiloNet() : null;
        output.WriteLine(trouble is null ? "Two silos will be cut off from each other, twice." : $"No two silos are cut off from each other, network namespaces cannot be made here: {trouble}");
        var redis = net is null ? new RedisServer() : new RedisServer { Host = net.Host };
        await redis.InitializeAsync();
        try
        {
            await using var cluster = new TestCluster(redis, Name);
            var undisturbed = await LocalClips.MakeAsync(cluster.Pack.Folder, jobs, Steps);
            SiloPlace[] places = [.. Enumerable.Range(0, 5).Select(_ => net?.Add() ?? SiloPlace.At()), net is null ? SiloPlace.At() : SiloPlace.At(net.Host)];
            var silos = places.Select((place, i) => Start(cluster, place, i < 2 ? "control" : i < 5 ? "gpu" : "gateway")).ToArray();
            var client = new OfficialClient(places[^1].Http);
            var ids = await Task.WhenAll(Enumerable.Range(0, jobs).Select(key => client.CreateAsync(key, Steps)));
            var watch = Stopwatch.StartNew();
            using var done = new CancellationTokenSource();
            var killing = KillAsync(cluster, redis, silos, net is not null, done.Token);
            var ended = await Task.WhenAll(ids.Select(client.EndedAsync));
            var took = watch.Elapsed;
            if (Asked is not null)
            {
                await done.CancelAsync();
            }

            var kills = await killing;
            await CheckAsync(client, places[^1].Http, new(redis.Connection, Name), ids, ended, undisturbed);
            output.WriteLine($"{jobs} jobs of {Steps} steps in {took.TotalSeconds:F0} s; killed: {string.Join(", ", kills.Select(k => $"{k.Value} times a {k.Key} silo"))}");
        }
        finally
        {
            await redis.DisposeAsync();
        }
    }

    private static SiloProcess Start(TestCluster cluster, SiloPlace place, string roles) => cluster.Start(
        place, roles, "--checkpoint-every", CheckpointEvery.ToString(CultureInfo.InvariantCulture), "--Silo:Queues:MinExpiry", "00:00:04",
        "--Silo:Jobs:MaxLossesInRow", "10"); // three in a row, the default, happen to one job in two hundred here, and are not its fault

    private async Task CheckAsync(
        OfficialClient client, Uri gateway, StoredJobs stored, IReadOnlyList<string> ids, JsonElement[] ended, byte[][] undisturbed)
    {
        Assert.All(ended, video => Assert.Equal("completed", video.GetProperty("status").GetString()));
        var last = await Task.WhenAll(ids.Select(client.GetAsync));
        Assert.Equal(ended.Select(EndOf), last.Select(EndOf));
        using var limits = new ClusterClient(gateway);
        Assert.Equal(ids.Count, await limits.UsedAsync());
        Assert.Equal(undisturbed, await Task.WhenAll(ids.Select(client.ContentAsync)));
        var (leases, redone) = (0L, 0);
        foreach (var id in ids)
        {
            var (tokens, again) = (await stored.TokenAsync(id), (await stored.BodyAsync(id)).GetProperty("stepsRedone").GetInt32());
            Assert.InRange(again, 0, CheckpointEvery * (tokens - 1)); // every lease but the last was lost, or given back
            leases += tokens;
            redone += again;
        }

        output.WriteLine($"{leases} leases, {redone} steps redone");
    }

    /// <summary>Kills one after the other, in an order that is drawn anew once all had their turn, and starts another in its place at once.</summary>
    private async Task<Dictionary<string, int>> KillAsync(
        TestCluster cluster, RedisServer redis, SiloProcess[] silos, bool cuts, CancellationToken done)
    {
        var killed = silos.Select(s => s.Roles).Distinct().ToDictionary(role => role, _ => 0);
        var order = Enumerable.Range(0, silos.Length).ToArray();
        var (control, gpu, other) = (silos[0].Place, silos[2].Place, silos[1].Place);
        for (var kill = 0; Asked is not null || kill < SmallForm; kill++)
        {
            await Task.Delay(Period, TimeProvider.System, done).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (done.IsCancellationRequested && kill > Mends)
            {
                break;
            }

            switch (kill)
            {
                case RestartsRedis:
                    await redis.RestartAsync();
                    break;
                case CutsGpu when cuts:
                    SiloNet.Cut(control, gpu);
                    break;
                case CutsControl when cuts:
                    SiloNet.Mend(control, gpu);
                    SiloNet.Cut(control, other);
                    break;
                case Mends when cuts:
                    SiloNet.Mend(control, other);
                    break;
            }

            if (kill % order.Length == 0)
            {
                random.Shuffle(order);
            }

            var victim = order[kill % order.Length];
            var silo = silos[victim];
            killed[silo.Roles]++;
            await silo.KillAsync();
            silos[victim] = Start(cluster, silo.Place, silo.Roles);
        }

        return killed;
    }

    private static int? Number(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out var number) ? number : null;

    private static double EndOf(JsonElement video) => video.GetProperty("completed_at").GetDouble();
}
