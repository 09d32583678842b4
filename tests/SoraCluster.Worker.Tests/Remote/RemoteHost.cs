using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using SoraCluster.Domain.Artifacts;
using SoraCluster.Domain.Jobs;
using SoraCluster.Domain.Keys;
using SoraCluster.Domain.Models;
using SoraCluster.Domain.State;
using SoraCluster.Domain.Steps;
using SoraCluster.Domain.Webhooks;
using SoraCluster.Gateway;
using SoraCluster.Gateway.Workers;
using SoraCluster.Testing.Hosting;
using SoraCluster.Worker.Remote;

namespace SoraCluster.Worker.Tests.Remote;

/// <summary>The gateway's side on a real Kestrel, over real entities; it can go away and come back at the same address.</summary>
internal sealed class RemoteHost : IAsyncDisposable
{
    private readonly KeyedEntities entities;
    private readonly List<IDisposable> clients = [];
    private WebApplication? app;

    private RemoteHost(TestCluster cluster)
    {
        Cluster = cluster;
        entities = new KeyedEntities(cluster);
        Source = cluster.Source;
    }

    public TestCluster Cluster { get; }

    /// <summary>What the gateway asks; a test may put something before the queues.</summary>
    public IStepSource Source { get; set; }

    public Uri Address { get; private set; } = new("http://127.0.0.1:0");

    public static async Task<RemoteHost> StartAsync(TestCluster? cluster = null)
    {
        var host = new RemoteHost(cluster ?? new TestCluster());
        await host.OpenAsync();
        return host;
    }

    public async Task OpenAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(Address.ToString());
        builder.Services
            .AddSingleton<TimeProvider>(Cluster.Clock)
            .AddSingleton<IEntities>(entities)
            .AddSingleton<IArtifactStore>(Cluster.Artifacts)
            .AddSingleton<IJobEvents>(Cluster.Events)
            .AddSingleton<IJobIndex>(Cluster.Index)
            .AddSingleton<IModelCatalog>(new NoModels())
            .AddSingleton<IStepSource>(new Passing(this))
            .AddGateway();
        app = builder.Build();
        app.MapWorkers();
        await app.StartAsync();
        Address = new Uri(app.Urls.First());
    }

    /// <summary>Goes away at once, in the middle of whatever it does.</summary>
    public async Task CloseAsync()
    {
        if (app is { } open)
        {
            app = null;
            await open.StopAsync(new CancellationToken(canceled: true));
            await open.DisposeAsync();
        }
    }

    public GatewayClient Client(string? token = null, Func<RemoteOptions, RemoteOptions>? change = null)
    {
        var options = new RemoteOptions { Gateway = Address, Token = token, RetryPause = TimeSpan.FromMilliseconds(5) };
        var client = new GatewayClient(change?.Invoke(options) ?? options, TimeProvider.System);
        clients.Add(client);
        return client;
    }

    /// <summary>Issues a key; from the first one on, nobody is let in without.</summary>
    public async Task<string> IssueKeyAsync(string id, bool isOperator)
    {
        var secret = new string('5', 64);
        IReadOnlyList<KeyScope> scopes = isOperator ? [KeyScope.User, KeyScope.Operator] : [KeyScope.User];
        await entities.Get<IApiKey>(id).IssueAsync(
            new IssueApiKey(id, "anna", "key", scopes, SecretHash.Compute("00", secret), null));
        await entities.Get<IApiKeyDirectory>(IApiKeyDirectory.Key).AddAsync(new ApiKeyEntry(id, "anna", isOperator));
        return $"sora_{id}_{secret}";
    }

    public async ValueTask DisposeAsync()
    {
        clients.ForEach(client => client.Dispose());
        await CloseAsync();
    }

    private sealed class NoModels : IModelCatalog
    {
        public IReadOnlyList<ModelInfo> Models => [];
    }

    private sealed class Passing(RemoteHost host) : IStepSource
    {
        public Task<PullAnswer> PullAsync(PullRequest request, CancellationToken cancellation) =>
            host.Source.PullAsync(request, cancellation);

        public Task<ReportAnswer> ReportAsync(WorkerReport report, CancellationToken cancellation) =>
            host.Source.ReportAsync(report, cancellation);
    }

    /// <summary>The cluster's entities, and those of the gateway itself.</summary>
    private sealed class KeyedEntities(TestCluster cluster) : IEntities
    {
        private readonly ConcurrentDictionary<(Type, string), object> own = new();

        public TEntity Get<TEntity>(string key)
            where TEntity : class => typeof(TEntity) switch
            {
                var type when type == typeof(IApiKey) => Own<TEntity>(
                    key, () => new ApiKey(cluster.Store.Load<ApiKeyState>(key), cluster.Clock)),
                var type when type == typeof(IApiKeyDirectory) => Own<TEntity>(
                    key, () => new ApiKeyDirectory(cluster.Store.Load<ApiKeyDirectoryState>(key))),
                var type when type == typeof(IWebhookDirectory) => Own<TEntity>(
                    key, () => new WebhookDirectory(cluster.Store.Load<WebhookDirectoryState>(key))),
                _ => cluster.Entities.Get<TEntity>(key),
            };

        private TEntity Own<TEntity>(string key, Func<object> create)
            where TEntity : class => (TEntity)own.GetOrAdd((typeof(TEntity), key), _ => create());
    }
}
