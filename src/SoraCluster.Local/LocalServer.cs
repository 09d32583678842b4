using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using SoraCluster.Domain.Artifacts;
using SoraCluster.Domain.Errors;
using SoraCluster.Domain.State;
using SoraCluster.Gateway;
using SoraCluster.Gateway.Identity;
using SoraCluster.Gateway.Workers;
using SoraCluster.Local.Storage;
using SoraCluster.Media;
using SoraCluster.Worker.Artifacts;
using SoraCluster.Worker.Costs;
using SoraCluster.Worker.Packs;

namespace SoraCluster.Local;

/// <summary>
/// A whole server in this process: entities over SQLite and files, the HTTP API, and a worker on this machine's processor.
/// </summary>
public sealed class LocalServer : IAsyncDisposable
{
    /// <summary>How long requests under way are waited for once the worker has stopped.</summary>
    private static readonly TimeSpan RequestLimit = TimeSpan.FromSeconds(2);

    private readonly WebApplication app;
    private readonly DataFolder folder;
    private readonly LocalWork work;
    private readonly Lock stopGate = new();
    private Task? stop;

    private LocalServer(WebApplication app, DataFolder folder, PackLibrary packs)
    {
        this.app = app;
        this.folder = folder;
        PackProblems = packs.Problems;
        work = app.Services.GetRequiredService<LocalWork>();
    }

    /// <summary>Where it listens, e.g. <c>http://127.0.0.1:8089/</c>.</summary>
    public Uri BaseAddress { get; private set; } = null!;

    public string DataFolder => folder.Path;

    /// <summary>Packs that were found and cannot be used.</summary>
    public IReadOnlyList<PackProblem> PackProblems { get; }

    /// <summary>Ends when the server has nothing left that could do work: it was stopped, or its worker failed (then with the error).</summary>
    public Task Completion => work.Worker;

    /// <summary>The server that uses a data folder now, if any; its address is null while it starts.</summary>
    public static DataFolderHolder? FindRunning(string dataFolder) => Storage.DataFolder.Holder(dataFolder);

    /// <exception cref="LocalServerException">It cannot run: one line that says why and what to do.</exception>
    public static async Task<LocalServer> StartAsync(LocalServerOptions options, CancellationToken cancellation = default)
    {
        options.Checked();
        var address = AddressOf(options.Host);
        var packs = Task.Run(() => PackLibrary.Load(PackFolders.Find(options.PackFolders)), cancellation);
        DataFolder? folder = null;
        WebApplication? app = null;
        try
        {
            FfmpegLocator.Locate(options.Media);
            folder = Storage.DataFolder.Open(options.DataFolder);
            app = await BuildAsync(options, address, folder, await packs, cancellation);
            var server = new LocalServer(app, folder, await packs);
            await server.ListenAsync(options, address, cancellation);
            return server;
        }
        catch (Exception failure)
        {
            if (app is not null)
            {
                await app.DisposeAsync();
            }

            folder?.Dispose();
            throw Explain(failure, options) ?? failure;
        }
    }

    /// <summary>
    /// Stops gracefully: the worker finishes its step, checkpoints and gives its jobs back; then requests are let finish. Whatever
    /// is left undone goes on at the next start. Repeats wait for the same stop.
    /// </summary>
    public Task StopAsync()
    {
        lock (stopGate)
        {
            return stop ??= StopOnceAsync();
        }
    }

    public async ValueTask DisposeAsync() => await StopAsync();

    private async Task StopOnceAsync()
    {
        await work.StopWorkerAsync();
        using (var limit = new CancellationTokenSource(RequestLimit, app.Services.GetRequiredService<TimeProvider>()))
        {
            await app.StopAsync(limit.Token);
        }

        await work.StopTimersAsync();
        await app.DisposeAsync();
        folder.Dispose();
    }

    private static async Task<WebApplication> BuildAsync(
        LocalServerOptions options, IPAddress address, DataFolder folder, PackLibrary packs, CancellationToken cancellation)
    {
        var artifacts = new FileArtifactStore(folder.Artifacts, folder.Partial);
        var profile = await CostProfile.LoadAsync(artifacts, LocalWork.ProfileKey, cancellation);
        var builder = WebApplication.CreateEmptyBuilder(new() { ContentRootPath = AppContext.BaseDirectory });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(address, options.Port);
        });
        builder.Services.AddLogging(options.Logging ?? (logging => logging.ClearProviders()));
        builder.Services.AddLocal(options, folder, packs, artifacts, profile);
        builder.Services.AddGateway(gateway =>
        {
            gateway.UploadFolder = folder.Uploads;
            options.Gateway?.Invoke(gateway);
        });
        var app = builder.Build();
        app.UseRouting();
        app.MapGateway();
        app.MapWorkers();
        return app;
    }

    private async Task ListenAsync(LocalServerOptions options, IPAddress address, CancellationToken cancellation)
    {
        var url = new UriBuilder(Uri.UriSchemeHttp, address.ToString(), options.Port).Uri;
        if (await ListenGuard.RefusalAsync([url.ToString()], app.Services.GetRequiredService<IEntities>()) is { } refusal)
        {
            throw new LocalServerException(refusal);
        }

        await app.StartAsync(cancellation);
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!;
        BaseAddress = new Uri(addresses.Addresses.First());
        folder.Tell(BaseAddress);
        work.Start();
    }

    private static IPAddress AddressOf(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) ? IPAddress.Loopback
        : IPAddress.TryParse(host, out var address) ? address
        : throw new LocalServerException($"'{host}' is no address to listen on: give an IP address, such as 127.0.0.1.");

    private static LocalServerException? Explain(Exception failure, LocalServerOptions options) => failure switch
    {
        LocalServerException => null,
        NoPackException or MediaException or ArtifactStoreException or SoraException => new(failure.Message, failure),
        IOException { InnerException: { } inner } when Listening(inner) is { } reason => new(
            $"Port {options.Port} {reason}: stop what uses it, or choose another with --port.", failure),
        SocketException when Listening(failure) is { } reason => new(
            $"Port {options.Port} {reason}: choose another with --port.", failure),
        IOException or UnauthorizedAccessException => new(
            StorageTrouble.Explain($"The data folder '{options.DataFolder}'", failure) ?? failure.Message, failure),
        _ => null,
    };

    private static string? Listening(Exception failure) => failure switch
    {
        SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse } => "is in use",
        SocketException { SocketErrorCode: SocketError.AccessDenied } => "may not be used by this user",
        SocketException { SocketErrorCode: SocketError.AddressNotAvailable } => "cannot be listened on: this machine has no such address",
        { InnerException: { } inner } => Listening(inner),
        _ => null,
    };
}
