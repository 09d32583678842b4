using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using SoraCluster.Domain.Keys;
using SoraCluster.Gateway.Identity;
using SoraCluster.Gateway.Keys;
using SoraCluster.Gateway.Limits;
using SoraCluster.Gateway.Prompts;
using SoraCluster.Gateway.Requests;
using SoraCluster.Gateway.Uploads;
using SoraCluster.Gateway.Videos;
using SoraCluster.Gateway.Webhooks;

namespace SoraCluster.Gateway;

public static class GatewayServiceCollectionExtensions
{
    /// <summary>
    /// Adds the HTTP API. The host provides the ports: <c>IEntities</c>, <c>IJobIndex</c>, <c>IJobEvents</c>,
    /// <c>IArtifactStore</c>, <c>IModelCatalog</c>, <c>IUploadCleaner</c>; and calls <see cref="GatewayEndpoints.MapGateway"/>. The error and admission
    /// layers put themselves in front of the host's pipeline.
    /// </summary>
    public static IServiceCollection AddGateway(this IServiceCollection services, Action<GatewayOptions>? configure = null)
    {
        services.AddOptions<GatewayOptions>().Configure(o => configure?.Invoke(o)).ValidateDataAnnotations().ValidateOnStart();
        services.AddRouting();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<ISecretSource, SystemSecretSource>();
        services.AddSingleton<IStartupFilter, GatewayStartupFilter>();
        return services.AddIdentity().AddRequests().AddVideos().AddWebhooks();
    }

    private static IServiceCollection AddIdentity(this IServiceCollection services) => services
        .AddSingleton<Authenticator>()
        .AddSingleton<JwtVerifier>()
        .AddSingleton<RequestRate>()
        .AddSingleton<KeyDesk>();

    private static IServiceCollection AddRequests(this IServiceCollection services) => services
        .AddSingleton<RequestReader>()
        .AddSingleton<JsonBodyReader>()
        .AddSingleton<MultipartBodyReader>()
        .AddSingleton<UploadSpool>()
        .AddSingleton<UploadDesk>();

    private static IServiceCollection AddVideos(this IServiceCollection services) => services
        .AddSingleton<JobIds>()
        .AddSingleton<PromptRules>()
        .AddSingleton<PromptPresets>()
        .AddSingleton<PromptReader>()
        .AddSingleton<SpecBuilder>()
        .AddSingleton<JobSubmitter>()
        .AddSingleton<SourceCopies>()
        .AddSingleton<OwnedJobs>()
        .AddSingleton<QueueWatch>()
        .AddSingleton<JobEstimator>()
        .AddSingleton<UploadedSources>()
        .AddSingleton<VideoMapper>()
        .AddSingleton<VideoResults>()
        .AddSingleton<DerivedSpecs>()
        .AddSingleton<DerivedEndpoints.Desk>();

    private static IServiceCollection AddWebhooks(this IServiceCollection services)
    {
        services.TryAddSingleton<IHostResolver, SystemResolver>();
        return services
            .AddSingleton<GuardedHttp>()
            .AddSingleton<WebhookSender>()
            .AddSingleton<WebhookObserver>()
            .AddSingleton<WebhookPump>()
            .AddHostedService(provider => provider.GetRequiredService<WebhookPump>());
    }
}
