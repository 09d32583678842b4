using SoraCluster.Cli.Api;
using SoraCluster.Local;

namespace SoraCluster.Cli.Hosting;

/// <summary>A server to talk to: the one that was named, the one that has the data folder, or one started in this process.</summary>
internal sealed class ServerSession : IAsyncDisposable
{
    private readonly LocalServer? own;

    private ServerSession(SoraApi api, LocalServer? own)
    {
        Api = api;
        this.own = own;
    }

    public SoraApi Api { get; }

    /// <exception cref="LocalServerException">No server runs and none can be started; the message says what to do.</exception>
    public static async Task<ServerSession> OpenAsync(ServerChoice choice, CancellationToken cancellation)
    {
        if (choice.Server is { } named)
        {
            return new ServerSession(new SoraApi(named, choice.Key), own: null);
        }

        var options = new LocalServerOptions { Port = 0, DataFolder = choice.DataFolder ?? LocalServerOptions.DefaultDataFolder(), Logging = ServerLog.Chosen };
        if (LocalServer.FindRunning(options.DataFolder)?.Address is { } running)
        {
            return new ServerSession(new SoraApi(running, choice.Key), own: null);
        }

        var server = await LocalServer.StartAsync(options, cancellation);
        return new ServerSession(new SoraApi(server.BaseAddress, choice.Key), server);
    }

    public async ValueTask DisposeAsync()
    {
        Api.Dispose();
        if (own is not null)
        {
            await own.DisposeAsync();
        }
    }
}
