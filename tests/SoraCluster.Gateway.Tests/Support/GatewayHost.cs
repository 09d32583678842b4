using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using SoraCluster.Domain.Artifacts;
using SoraCluster.Domain.Jobs;
using SoraCluster.Domain.Keys;
using SoraCluster.Domain.Models;
using SoraCluster.Domain.Presets;
using SoraCluster.Domain.State;
using SoraCluster.Domain.Steps;
using SoraCluster.Domain.Uploads;
using SoraCluster.Domain.Users;
using SoraCluster.Domain.Webhooks;
using SoraCluster.Gateway.Webhooks;
using SoraCluster.Gateway.Workers;
using SoraCluster.Media;
using SoraCluster.Testing;
using SoraCluster.Worker.Uploads;

namespace SoraCluster.Gateway.Tests.Support;

/// <summary>The gateway on a real Kestrel on a free loopback port, over the real entities in memory.</summary>
internal sealed class GatewayHost : IAsyncDisposable
{
    private readonly WebApplication app;

    private GatewayHost(WebApplication app, TestEntities entities)
    {
        this.app = app;
        Entities = entities;
        Address = new Uri(app.Urls.First());
        Client = new HttpClient { BaseAddress = Address };
    }

    public Uri Address { get; }

    public HttpClient Client { get; }

    public TestEntities Entities { get; }

    public ManualClock Clock { get; private init; } = null!;

    public MemoryArtifacts Artifacts { get; private init; } = null!;

    public MemoryEvents Events { get; private init; } = null!;

    public WebhookPump Webhooks => app.Services.GetRequiredService<WebhookPump>();

    /// <summary>Every route that is mapped.</summary>
    public IEnumerable<RouteEndpoint> Routes =>
        ((IEndpointRouteBuilder)app).DataSources.SelectMany(s => s.Endpoints).OfType<RouteEndpoint>();

    public MemoryIndex Index { get; private init; } = null!;

    public TestQueue Queue { get; private init; } = null!;

    public TestCatalog Catalog { get; private init; } = null!;

    public static async Task<GatewayHost> StartAsync(
        Action<GatewayOptions>? configure = null, int allowance = 30, Action<IServiceCollection>? services = null, int underWay = 0,
        TimeProvider? time = null, bool workers = false)
    {
        var manual = new ManualClock();
        var clock = time ?? manual;
        var artifacts = new MemoryArtifacts();
        var events = new MemoryEvents();
        var queue = new TestQueue();
        var catalog = new TestCatalog();
        var index = new MemoryIndex();
        var entities = CreateEntities(clock, artifacts, events, index, queue, new QuotaOptions { Limit = allowance, MaxUnderWay = underWay });

        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services
            .AddSingleton(clock)
            .AddSingleton<IEntities>(entities)
            .AddSingleton<IArtifactStore>(artifacts)
            .AddSingleton<IJobEvents>(events)
            .AddSingleton<IJobIndex>(index)
            .AddSingleton<IModelCatalog>(catalog)
            .AddSingleton<IStepCosts>(new SilentQueues())
            .AddSingleton<IUploadCleaner>(new MediaUploadCleaner(new MediaOptions(), TimeProvider.System))
            .AddSingleton<ISecretSource>(new SeededSecrets(1))
            .AddGateway(configure);
        services?.Invoke(builder.Services);
        var app = builder.Build();
        app.MapGateway();
        if (workers)
        {
            app.MapWorkers();
        }

        await app.StartAsync();
        return new GatewayHost(app, entities)
        {
            Clock = manual,
            Artifacts = artifacts,
            Events = events,
            Queue = queue,
            Catalog = catalog,
            Index = index,
        };
    }

    public IGenerationJob Job(string id) => Entities.Get<IGenerationJob>(id);

    public Task<HttpResponseMessage> PostJsonAsync(string path, string json, params (string Name, string Value)[] headers) =>
        SendAsync(HttpMethod.Post, path, new StringContent(json, Encoding.UTF8, "application/json"), headers);

    public async Task<HttpResponseMessage> SendAsync(
        HttpMethod method, string path, HttpContent? content = null, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(method, path) { Content = content };
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    /// <summary>Creates a video and gives its id.</summary>
    public async Task<string> CreateAsync(string prompt = "a red ball", string? key = null)
    {
        using var client = new HttpClient { BaseAddress = Address };
        if (key is not null)
        {
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        }

        var body = JsonSerializer.Serialize(new Dictionary<string, string> { ["prompt"] = prompt });
        using var response = await client.PostAsync("/v1/videos", new StringContent(body, Encoding.UTF8, "application/json"));
        return (await response.JsonAsync(200)).GetProperty("id").GetString()!;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await app.StopAsync(new CancellationToken(canceled: true));
        await app.DisposeAsync();
    }

    private static TestEntities CreateEntities(
        TimeProvider clock, MemoryArtifacts artifacts, MemoryEvents events, MemoryIndex index, TestQueue queue, QuotaOptions quotas)
    {
        var entities = new TestEntities();
        var silent = new SilentQueues();
        var services = new JobServices(entities, index, silent, events, artifacts, silent, silent, clock, new JobOptions());
        entities.Register<IGenerationJob>(id => new GenerationJob(id, new MemorySlot<JobState>(), services));
        entities.Register<IUser>(_ => new User(new MemorySlot<UserState>(), clock, quotas));
        entities.Register<IStepQueue>(_ => queue);
        entities.Register<IApiKey>(_ => new ApiKey(new MemorySlot<ApiKeyState>(), clock));
        entities.Register<IApiKeyDirectory>(_ => new ApiKeyDirectory(new MemorySlot<ApiKeyDirectoryState>()));
        entities.Register<IWebhookOutbox>(_ => new WebhookOutbox(new MemorySlot<WebhookState>(), clock));
        entities.Register<IPresetShelf>(_ => new PresetShelf(new MemorySlot<PresetShelfState>()));
        entities.Register<IWebhookDirectory>(_ => new WebhookDirectory(new MemorySlot<WebhookDirectoryState>()));
        return entities;
    }
}
