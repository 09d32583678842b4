using StackExchange.Redis;

namespace SoraCluster.Silo.Hosting;

/// <summary>Two connections: one for the many small calls, one for checkpoints, which would hold up the others.</summary>
internal sealed class RedisConnections(ConfigurationOptions options, IConnectionMultiplexer calls, IConnectionMultiplexer blobs) : IAsyncDisposable
{
    /// <summary>Long enough for a Redis that restarts; the entity's caller is told sooner.</summary>
    private const int TimeoutMilliseconds = 5000;

    public ConfigurationOptions Options { get; } = options;

    public IConnectionMultiplexer Calls { get; } = calls;

    public IConnectionMultiplexer Blobs { get; } = blobs;

    /// <exception cref="RedisException">Redis is not there, or refuses the user.</exception>
    public static async Task<RedisConnections> OpenAsync(string connection)
    {
        var options = ConfigurationOptions.Parse(connection);
        options.ClientName = "soracluster";
        options.AsyncTimeout = TimeoutMilliseconds;
        options.SyncTimeout = TimeoutMilliseconds;
        options.AbortOnConnectFail = true; // at start; once connected, a lost connection is made again for ever
        var calls = await ConnectionMultiplexer.ConnectAsync(options);
        return new RedisConnections(options, calls, await ConnectionMultiplexer.ConnectAsync(options));
    }

    public async ValueTask DisposeAsync()
    {
        await Calls.DisposeAsync();
        await Blobs.DisposeAsync();
    }
}
