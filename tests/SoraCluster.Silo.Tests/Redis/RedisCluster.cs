using System.Globalization;
using SoraCluster.Testing;
using StackExchange.Redis;

namespace SoraCluster.Silo.Tests.Redis;

/// <summary>A Redis Cluster of three masters, which share the hash slots.</summary>
public sealed class RedisCluster : IRedisFixture, IAsyncLifetime
{
    private const int Nodes = 3, Slots = 16384;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly TemporaryFolder folder = new();
    private readonly List<RedisProcess> nodes = [];

    public string Address => string.Join(',', nodes.Select(node => node.Address));

    public IConnectionMultiplexer Connection { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        var buses = new List<int>();
        for (var i = 0; i < Nodes; i++)
        {
            var bus = Ports.Free();
            buses.Add(bus);
            nodes.Add(await RedisProcess.StartAsync(
                folder.Of($"node-{i}"), Ports.Free(), "--cluster-enabled", "yes", "--cluster-port", bus.ToString(CultureInfo.InvariantCulture)));
        }

        for (var i = 0; i < Nodes; i++)
        {
            await using var connection = await ConnectionMultiplexer.ConnectAsync(nodes[i].Address);
            var server = connection.GetServer(nodes[i].Address);
            await server.ExecuteAsync("CLUSTER", "ADDSLOTSRANGE", i * Slots / Nodes, ((i + 1) * Slots / Nodes) - 1);
            await server.ExecuteAsync("CLUSTER", "SET-CONFIG-EPOCH", i + 1);
            if (i > 0)
            {
                await server.ExecuteAsync("CLUSTER", "MEET", "127.0.0.1", nodes[0].Port, buses[0]);
            }
        }

        foreach (var node in nodes)
        {
            await ReadyAsync(node.Address);
        }

        Connection = await ConnectionMultiplexer.ConnectAsync(Address);
    }

    public async Task DisposeAsync()
    {
        await Connection.DisposeAsync();
        foreach (var node in nodes)
        {
            await node.DisposeAsync();
        }

        folder.Dispose();
    }

    private static async Task ReadyAsync(string node)
    {
        await using var connection = await ConnectionMultiplexer.ConnectAsync(node);
        while (!((string)(await connection.GetServer(node).ExecuteAsync("CLUSTER", "INFO"))!).Contains("cluster_state:ok", StringComparison.Ordinal))
        {
            await Task.Delay(Pause, TimeProvider.System);
        }
    }
}
