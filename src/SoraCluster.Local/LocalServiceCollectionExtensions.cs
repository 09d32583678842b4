using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using SoraCluster.Diffusion;
using SoraCluster.Domain.Artifacts;
using SoraCluster.Domain.Cluster;
using SoraCluster.Domain.Jobs;
using SoraCluster.Domain.Models;
using SoraCluster.Domain.State;
using SoraCluster.Domain.Steps;
using SoraCluster.Domain.Uploads;
using SoraCluster.Inference.Managed;
using SoraCluster.Local.Hosting;
using SoraCluster.Local.Storage;
using SoraCluster.Worker;
using SoraCluster.Worker.Costs;
using SoraCluster.Worker.Engine;
using SoraCluster.Worker.Packs;
using SoraCluster.Worker.Uploads;

namespace SoraCluster.Local;

public static class LocalServiceCollectionExtensions
{
    /// <summary>
    /// Adds all that the entities, the gateway and the worker need, in this process and below one data folder. The caller opens
    /// the folder and loads the packs, so that it can say what is wrong with them, and runs a <see cref="LocalWork"/>.
    /// </summary>
    public static IServiceCollection AddLocal(
        this IServiceCollection services, LocalServerOptions options, DataFolder folder, PackLibrary packs, IArtifactStore artifacts, CostProfile profile)
    {
        services.TryAddSingleton(TimeProvider.System);
        return services.AddSingleton(options).AddSingleton(options.Queues).AddSingleton(packs).AddSingleton(artifacts).AddSingleton(profile)
            .AddStorage(folder)
            .AddEntities(options)
            .AddPacks()
            .AddWork(options, folder);
    }

    private static IServiceCollection AddStorage(this IServiceCollection services, DataFolder folder) => services
        .AddSingleton(s => SqliteDatabase.Open(folder.Database, s.Clock()))
        .AddSingleton<IStateStore>(s => new SqliteStateStore(s.GetRequiredService<SqliteDatabase>(), s.Clock()))
        .AddSingleton<IJobIndex>(s => new SqliteJobIndex(s.GetRequiredService<SqliteDatabase>(), s.Clock()));

    private static IServiceCollection AddEntities(this IServiceCollection services, LocalServerOptions options) => services
        .AddSingleton<IJobEvents, LocalJobEvents>()
        .AddSingleton<IQueueBell>(s => new QueueBell(s.Clock()))
        .AddSingleton<IQueueSignal>(s => new QueueSignal(
            s.GetRequiredService<EntityHost>().NotAwaited, s.GetRequiredService<IQueueBell>(), options.Queues))
        .AddSingleton<LocalWorkerRoster>()
        .AddSingleton<IWorkerRoster>(s => s.GetRequiredService<LocalWorkerRoster>())
        .AddSingleton<IClusterNodes>(s => new LocalNodes(options, s.GetRequiredService<LocalWorkerRoster>(), s.Clock()))
        .AddSingleton(s => new JobServices(
            s.GetRequiredService<IEntities>(),
            s.GetRequiredService<IJobIndex>(),
            s.GetRequiredService<IQueueSignal>(),
            s.GetRequiredService<IJobEvents>(),
            s.GetRequiredService<IArtifactStore>(),
            s.GetRequiredService<IStepCosts>(),
            s.GetRequiredService<IWorkerRoster>(),
            s.Clock(),
            options.Jobs))
        .AddSingleton(s => new QueueServices(
            s.GetRequiredService<IEntities>(),
            s.GetRequiredService<IQueueSignal>(),
            s.GetRequiredService<IQueueBell>(),
            s.Clock(),
            options.Queues))
        .AddSingleton(s => new EntityHost(
            s.GetRequiredService<IStateStore>(),
            LocalEntities.Types(options, s.Clock(), s.GetRequiredService<JobServices>, s.GetRequiredService<QueueServices>),
            options.Entities,
            s.Clock()))
        .AddSingleton<IEntities>(s => s.GetRequiredService<EntityHost>());

    private static IServiceCollection AddPacks(this IServiceCollection services) => services
        .AddSingleton<IStepCosts>(s => new PackStepCosts(s.GetRequiredService<PackLibrary>().Packs, s.GetRequiredService<CostProfile>()))
        .AddSingleton<IModelCatalog, PackCatalog>();

    private static IServiceCollection AddWork(this IServiceCollection services, LocalServerOptions options, DataFolder folder) => services
        .AddMetrics()
        .AddSingleton<WorkerInstruments>()
        .AddSingleton<IUploadCleaner>(s => new MediaUploadCleaner(options.Media, s.Clock()))
        .AddSingleton<IPackRuntimeFactory>(new ManagedRuntimeFactory(options.Threads))
        .AddSingleton(s => new ClipPackager(options.Media, folder.Packaging, s.Clock()))
        .AddSingleton<IStepEngine>(s => new PackEngine(
            s.GetRequiredService<PackLibrary>().Packs,
            s.GetRequiredService<IPackRuntimeFactory>(),
            s.GetRequiredService<ClipPackager>(),
            s.Clock()))
        .AddSingleton<IStepSource>(s => new EntityStepSource(
            s.GetRequiredService<IEntities>(), s.GetRequiredService<IQueueBell>(), s.Clock(), options.Queues, new StepSourceOptions()))
        .AddSingleton(s => new WorkerOptions
        {
            WorkerId = s.GetRequiredService<LocalWorkerRoster>().WorkerId,
            MaxJobs = options.MaxJobs,
        }.WithCheckpointEvery(options.CheckpointEvery))
        .AddSingleton(s => ActivatorUtilities.CreateInstance<WorkerLoop>(s))
        .AddSingleton(s => new Sweep(
            s.GetRequiredService<IJobIndex>(), s.GetRequiredService<IEntities>(), s.GetRequiredService<IQueueBell>(), s.Clock(), options.Sweep))
        .AddSingleton(s => new QueueTimer(s.GetRequiredService<IEntities>(), s.Clock(), options.Queues))
        .AddSingleton<LocalWork>();

    private static TimeProvider Clock(this IServiceProvider services) => services.GetRequiredService<TimeProvider>();
}
