using System.Globalization;
using SoraCluster.Testing;
using StackExchange.Redis;

namespace SoraCluster.Silo.Tests.Redis;

/// <summary>A master, a replica, and three sentinels which watch over them.</summary>
public sealed class SentinelRedis : IRedisFixture, IAsyncLifetime
{
    private const string Service = "sora";

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly TemporaryFolder folder = new();
    private readonly List<RedisProcess> processes = [];
    private RedisProcess master = null!;

    public string Address { get; private set; } = "";

    public IConnectionMultiplexer Connection { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        master = await RedisProcess.StartAsync(folder.Of("master"), Ports.Free());
        var replica = await RedisProcess.StartAsync(
            folder.Of("replica"), Ports.Free(), "--replicaof", "127.0.0.1", master.Port.ToString(CultureInfo.InvariantCulture), "--repl-diskless-sync-delay", "0");
        processes.AddRange([master, replica]);
        var sentinels = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            var sentinel = await StartSentinelAsync(i);
            processes.Add(sentinel);
            sentinels.Add(sentinel.Address);
        }

        Address = $"{string.Join(',', sentinels)},serviceName={Service}";
        await ReadyAsync(sentinels[0]);
        Connection = await ConnectionMultiplexer.ConnectAsync(Address);
    }

    public async Task DisposeAsync()
    {
        await Connection.DisposeAsync();
        foreach (var process in processes)
        {
            await process.DisposeAsync();
        }

        folder.Dispose();
    }

    /// <summary>
    /// The sentinels will notice, and make the replica master. It has what was written until now: what it had not would be lost (docs/operations.md), and a job
    /// is accepted in less time than a replica needs to join.
    /// </summary>
    public async Task KillMasterAsync()
    {
        var database = Connection.GetDatabase();
        await database.StringSetAsync("written last", "");
        while ((int)await database.ExecuteAsync("WAIT", 1, 1000) == 0)
        {
        }

        await master.KillAsync();
    }

    private async Task<RedisProcess> StartSentinelAsync(int number)
    {
        var port = Ports.Free();
        var home = Directory.CreateDirectory(folder.Of($"sentinel-{number}")).FullName;
        var file = Path.Combine(home, "sentinel.conf");
        await File.WriteAllTextAsync(file, string.Create(CultureInfo.InvariantCulture, $"""
            port {port}
            bind 127.0.0.1
            dir {home}
            sentinel monitor {Service} 127.0.0.1 {master.Port} 2
            sentinel down-after-milliseconds {Service} 1000
            sentinel failover-timeout {Service} 5000

            """));
        return await RedisProcess.StartSentinelAsync(file, port);
    }

    /// <summary>The sentinels know each other and the replica: only then can they act.</summary>
    private static async Task ReadyAsync(string sentinel)
    {
        await using var connection = await ConnectionMultiplexer.SentinelConnectAsync(sentinel);
        var server = connection.GetServer(sentinel);
        while (true)
        {
            var master = (await server.SentinelMasterAsync(Service)).ToDictionary();
            if (master["num-other-sentinels"] == "2" && master["num-slaves"] == "1")
            {
                return;
            }

            await Task.Delay(Pause, TimeProvider.System);
        }
    }
}
