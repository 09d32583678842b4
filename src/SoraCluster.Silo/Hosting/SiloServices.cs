using Microsoft.Extensions.DependencyInjection;
using SoraCluster.Diffusion;
using SoraCluster.Domain.Artifacts;
using SoraCluster.Domain.Cluster;
using SoraCluster.Domain.Jobs;
using SoraCluster.Domain.Models;
using SoraCluster.Domain.State;
using SoraCluster.Domain.Steps;
using SoraCluster.Domain.Uploads;
using SoraCluster.Silo.Cluster;
using SoraCluster.Silo.Jobs;
using SoraCluster.Silo.Messages;
using SoraCluster.Silo.Roles;
using SoraCluster.Silo.State;
using SoraCluster.Silo.Steps;
using SoraCluster.Silo.Telemetry;
using SoraCluster.Worker;
using SoraCluster.Worker.Costs;
using SoraCluster.Worker.Engine;
using SoraCluster.Worker.Packs;
using SoraCluster.Worker.Uploads;

namespace SoraCluster.Silo.Hosting;

/// <summary>The ports that entities, gateway and worker need, over the cluster.</summary>
internal static class SiloServices
{
    public static IServiceCollection AddCluster(
        this IServiceCollection services, SiloHostOptions options, RedisConnections redis, PackLibrary packs, SiloStores stores, CostProfile profile)
    {
        services.AddSingleton(TimeProvider.System).AddSingleton(options).AddSingleton(options.Quotas).AddSingleton(options.Sweep)
            .AddSingleton(packs).AddSingleton(profile)
            .AddInstruments()
            .AddSingleton<IArtifactStore>(s => stores.Measured(s.GetRequiredService<ArtifactInstruments>(), s.Clock()))
            .AddDomainMessages()
            .AddEntities(options, redis)
            .AddSingleton<IStepCosts>(s => new PackStepCosts(s.GetRequiredService<PackLibrary>().Packs, s.GetRequiredService<CostProfile>()))
            .AddSingleton<IModelCatalog, PackCatalog>()
            .AddSingleton<IUploadCleaner>(s => new MediaUploadCleaner(options.Media, s.Clock()))
            .AddHostedService<CostSharing>();
        if (options.Role.HasFlag(SiloRole.Control))
        {
            services.AddHostedService<ControlService>();
        }

        if (options.Role.HasFlag(SiloRole.Gpu))
        {
            services.AddWork(options, Backend.Open(options)).AddHostedService<GpuService>();
        }

        return services;
    }

    private static IServiceCollection AddInstruments(this IServiceCollection services) => services
        .AddMetrics()
        .AddSingleton<QueueInstruments>()
        .AddSingleton<JobInstruments>()
        .AddSingleton<ArtifactInstruments>();

    private static IServiceCollection AddEntities(this IServiceCollection services, SiloHostOptions options, RedisConnections redis) => services
        .AddSingleton<IEntities, GrainEntities>()
        .AddSingleton<IJobIndex>(new RedisJobIndex(redis.Calls, options.Cluster))
        .AddSingleton(s => new Listeners<IJobObserver>(s.Clock()))
        .AddSingleton(s => new Listeners<IBellObserver>(s.Clock()))
        .AddSingleton<IJobEvents, ClusterJobEvents>()
        .AddSingleton<IQueueBell, ClusterBell>()
        .AddSingleton(options.Queues)
        .AddSingleton<IQueueSignal, ClusterQueueSignal>()
        .AddSingleton<IWorkerRoster, SiloRoster>()
        .AddSingleton<IClusterNodes, SiloNodes>()
        .AddSingleton(options.Jobs)
        .AddSingleton<JobServices>()
        .AddSingleton<QueueServices>()
        .AddSingleton(new StepSourceOptions())
        .AddSingleton<IStepSource, EntityStepSource>();

    private static IServiceCollection AddWork(this IServiceCollection services, SiloHostOptions options, Backend backend) => services
        .AddSingleton<WorkerInstruments>()
        .AddSingleton(backend)
        .AddSingleton(backend.Runtimes)
        .AddSingleton(s => new ClipPackager(
            options.Media, Directory.CreateTempSubdirectory("soracluster-").FullName, s.Clock()))
        .AddSingleton<IStepEngine>(s => new PackEngine(
            s.GetRequiredService<PackLibrary>().Packs,
            s.GetRequiredService<IPackRuntimeFactory>(),
            s.GetRequiredService<ClipPackager>(),
            s.Clock()));

    private static TimeProvider Clock(this IServiceProvider services) => services.GetRequiredService<TimeProvider>();
}
