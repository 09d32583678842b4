using System.ComponentModel.DataAnnotations;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using SoraCluster.Domain.Artifacts;
using SoraCluster.Gateway;
using SoraCluster.Gateway.Workers;
using SoraCluster.Inference.Onnx.Text;
using SoraCluster.Media;
using SoraCluster.ServiceDefaults;
using SoraCluster.Silo.Roles;
using SoraCluster.Worker.Costs;
using SoraCluster.Worker.Packs;
using StackExchange.Redis;

namespace SoraCluster.Silo.Hosting;

/// <summary>One silo: builds it from its options and runs it until it is told to stop.</summary>
internal static partial class SiloHost
{
    /// <summary>Where the workers' cost profile is kept.</summary>
    public const string ProfileKey = "profiles/costs.json";

    /// <summary>Where <see cref="GatewayOptions"/> are in the configuration.</summary>
    private const string GatewaySection = $"{SiloHostOptions.Section}:Gateway";

    /// <summary>More than a worker takes to stop, and time to leave the membership after it.</summary>
    private static readonly TimeSpan ShutdownLimit = TimeSpan.FromSeconds(45);

    /// <exception cref="SiloHostException">It cannot run: one line that says why and what to do.</exception>
    public static async Task RunAsync(string[] args)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.AddSilo(args);
        try
        {
            var options = builder.Configuration.ReadSilo();
            await using var redis = await RedisConnections.OpenAsync(options.Redis, options.RedisCa);
            await using var app = await BuildAsync(builder, options, redis);
            var stopping = app.Lifetime.ApplicationStopping;
            stopping.Register(() => _ = EndAnywayAsync(app.Services.GetRequiredService<ILogger<WebApplication>>()));
            try
            {
                await app.RunAsync();
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                // Told to stop before it had started: not a failure.
            }
        }
        catch (Exception failure) when (Explain(failure) is { } reason)
        {
            throw new SiloHostException(reason, failure);
        }
    }

    private static async Task<WebApplication> BuildAsync(WebApplicationBuilder builder, SiloHostOptions options, RedisConnections redis)
    {
        var isGateway = options.Role.HasFlag(SiloRole.Gateway);
        if (isGateway || options.Role.HasFlag(SiloRole.Gpu))
        {
            FfmpegLocator.Locate(options.Media);
        }

        var folders = PackFolders.Find(options.Packs.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries));
        var packs = PackLibrary.Load(folders, new SentencePieceTokenizers());
        var stores = await SiloStores.OpenAsync(options, redis);
        var profile = await CostProfile.LoadAsync(stores.Clips, ProfileKey);
        builder.Logging.AddFilter("Orleans", LogLevel.Warning).AddFilter("Microsoft", LogLevel.Warning)
            .AddFilter("Polly", LogLevel.Warning); // Orleans places grains through it: two lines for each
        builder.WebHost.UseUrls(options.Listen).ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        builder.Host.UseOrleans(silo => silo.UseRedisCluster(options, redis));
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = ShutdownLimit);
        builder.Services.AddCluster(options, redis, packs, stores, profile);
        builder.AddServiceDefaults(new TelemetryOptions { Instance = SiloNames.Of(options.Role, Dns.GetHostName(), options.SiloPort) });
        builder.Services.AddHealthChecks().AddCheck<ClusterHealth>("cluster", tags: [ServiceDefaultsExtensions.ReadyTag]);
        if (isGateway)
        {
            builder.Services.AddHostedService<ListenCheck>().AddGateway(gateway => builder.Configuration.GetSection(GatewaySection).Bind(gateway));
        }

        var app = builder.Build();
        app.MapServiceDefaults();
        if (isGateway)
        {
            app.UseRouting();
            app.MapGateway();
            app.MapWorkers();
        }

        return app;
    }

    /// <summary>Leaving the membership takes Redis; without it Orleans tries for minutes, while the others have long voted this silo dead.</summary>
    private static async Task EndAnywayAsync(ILogger logger)
    {
        await Task.Delay(ShutdownLimit + TimeSpan.FromSeconds(5), TimeProvider.System);
        NotLeft(logger);
        Environment.Exit(1);
    }

    [LoggerMessage(1, LogLevel.Critical, "This silo could not leave the cluster in time, as when Redis does not answer; it ends all the same. The others will find out.")]
    private static partial void NotLeft(ILogger logger);

    private static string? Explain(Exception failure) => failure switch
    {
        SiloHostException => null,
        RedisConnectionException => "Redis does not answer, or refuses the user, or its certificate is not trusted: check the address and the credentials given with --redis, and --redis-ca.",
        ValidationException or NoPackException or MediaException or ArtifactStoreException => failure.Message,
        _ => null,
    };
}
