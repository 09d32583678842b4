using System.Security.Cryptography;
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

    /// <param name="authority">A PEM file; the certificate of who signed Redis' own. Null: whom the system trusts.</param>
    /// <exception cref="RedisException">Redis is not there, or refuses the user.</exception>
    /// <exception cref="SiloHostException">The connection cannot be read.</exception>
    public static async Task<RedisConnections> OpenAsync(string connection, string? authority)
    {
        var options = Read(connection, authority);
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

    private static ConfigurationOptions Read(string connection, string? authority)
    {
        try
        {
            var options = ConfigurationOptions.Parse(connection);
            if (authority is not null)
            {
                options.TrustIssuer(authority);
            }

            return options;
        }
        catch (ArgumentException unread)
        {
            // Its message may hold a part of the password.
            throw new SiloHostException("What --redis says cannot be read: it is host:port,option=value,…, and no value holds a comma.", unread);
        }
        catch (CryptographicException unread)
        {
            throw new SiloHostException($"--redis-ca: '{authority}' is not a certificate in a PEM file that can be read.", unread);
        }
    }
}
