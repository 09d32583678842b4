using System.Globalization;
using SoraCluster.Testing;
using StackExchange.Redis;

namespace SoraCluster.Silo.Tests.Redis;

/// <summary>A single server with an append-only file.</summary>
public sealed class RedisServer : IRedisFixture, IAsyncLifetime
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private readonly TemporaryFolder folder = new();
    private readonly int port = Ports.Free();
    private RedisProcess process = null!;

    /// <summary>Another of this machine's addresses at which it is reached.</summary>
    public string Host { get; init; } = "127.0.0.1";

    public string Address => string.Create(CultureInfo.InvariantCulture, $"{Host}:{port}");

    private string[] Addresses => ["127.0.0.1", Host];

    public IConnectionMultiplexer Connection { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        await StartAsync();
        Connection = await ConnectionMultiplexer.ConnectAsync(Address);
    }

    public async Task DisposeAsync()
    {
        await Connection.DisposeAsync();
        await process.DisposeAsync();
        folder.Dispose();
    }

    /// <summary>Ends it as a crash would, and starts it again on what its append-only file has.</summary>
    public async Task RestartAsync()
    {
        await process.DisposeAsync();
        await StartAsync();
    }

    private async Task StartAsync()
    {
        process = await RedisProcess.StartAsync(
            folder.Path, port, ["--bind", .. Addresses.Distinct(), "--protected-mode", "no", "--appendonly", "yes", "--appendfsync", "always"]);
        while (!await AnswersAsync())
        {
            await Task.Delay(Pause, TimeProvider.System);
        }
    }

    /// <summary>It listens before it has read its file.</summary>
    private async Task<bool> AnswersAsync()
    {
        try
        {
            await using var connection = await ConnectionMultiplexer.ConnectAsync(Address);
            await connection.GetDatabase().PingAsync();
            return true;
        }
        catch (RedisException)
        {
            return false;
        }
    }
}
