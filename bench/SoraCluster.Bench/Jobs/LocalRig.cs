using Microsoft.Extensions.DependencyInjection;
using SoraCluster.Domain.Artifacts;
using SoraCluster.Domain.Jobs;
using SoraCluster.Domain.State;
using SoraCluster.Domain.Steps;
using SoraCluster.Domain.Users;
using SoraCluster.Local;
using SoraCluster.Local.Storage;
using SoraCluster.Worker;
using SoraCluster.Worker.Costs;
using SoraCluster.Worker.Engine;
using SoraCluster.Worker.Packs;

namespace SoraCluster.Bench.Jobs;

/// <summary>
/// Local mode without its HTTP edge: the same entities over SQLite, the same queue and worker loop, on a device and an artifact store of the
/// measurement's choice.
/// </summary>
internal sealed class LocalRig : IAsyncDisposable
{
    private readonly CancellationTokenSource stop = new();
    private readonly DataFolder folder;
    private readonly ServiceProvider services;
    private readonly Task[] running;

    private LocalRig(DataFolder folder, ServiceProvider services, string pack)
    {
        (this.folder, this.services) = (folder, services);
        running =
        [
            services.GetRequiredService<WorkerLoop>().RunAsync(stop.Token),
            Task.Run(() => services.GetRequiredService<QueueTimer>().RunAsync([pack], stop.Token)),
            Task.Run(() => services.GetRequiredService<Sweep>().RunAsync(_ => { }, stop.Token)),
        ];
    }

    private IEntities Entities => services.GetRequiredService<IEntities>();

    /// <param name="packFolder">The pack that jobs name.</param>
    /// <param name="dataFolder">The database, and what the device needs; may be there from before.</param>
    /// <param name="artifacts">Gets checkpoints and clips.</param>
    /// <param name="maxJobs">The most jobs that the worker has in hand.</param>
    /// <param name="threads">Threads of local mode's own device.</param>
    /// <param name="engine">Makes the device, of local mode's own if it likes.</param>
    public static LocalRig Start(string packFolder, string dataFolder, IArtifactStore artifacts, int maxJobs, int threads, Func<IStepEngine, IStepEngine> engine)
    {
        var folder = DataFolder.Open(dataFolder);
        var packs = PackLibrary.Load([packFolder]);
        var options = new LocalServerOptions { DataFolder = dataFolder, MaxJobs = maxJobs, Threads = threads, Quotas = new QuotaOptions { Limit = 100_000 } };
        var services = new ServiceCollection().AddLogging().AddLocal(options, folder, packs, artifacts, new CostProfile());
        var usual = services.Last(service => service.ServiceType == typeof(IStepEngine)).ImplementationFactory!;
        services.AddSingleton(s => engine((IStepEngine)usual(s)))
            .AddSingleton(s => new WorkerOptions { WorkerId = "bench", MaxJobs = maxJobs, MaxFinishing = 64 });
        return new LocalRig(folder, services.BuildServiceProvider(), packs.Packs[0].Manifest.Id);
    }

    /// <summary>Ends when the rig is disposed of, or with the error that ended a part of it.</summary>
    public Task Completion => Task.WhenAny(running).Unwrap();

    public IGenerationJob Job(string id) => Entities.Get<IGenerationJob>(id);

    public async Task SubmitAsync(JobSpec spec)
    {
        if ((await Job(spec.Id).SubmitAsync(spec)).Refusal is { } refusal)
        {
            throw new InvalidOperationException(refusal.Message);
        }
    }

    /// <summary>Submits a job and waits until it is completed or cancelled.</summary>
    public async Task RunAsync(JobSpec spec)
    {
        var end = WatchAsync(spec.Id);
        await SubmitAsync(spec);
        await await Task.WhenAny(end, Completion);
    }

    /// <summary>Waits until a job that is to be submitted is completed, or was cancelled.</summary>
    public async Task WatchAsync(string id)
    {
        JobSnapshot? last = null;
        await foreach (var snapshot in services.GetRequiredService<IJobEvents>().WatchAsync(id, CancellationToken.None))
        {
            last = snapshot;
        }

        if (last is not { Status: JobStatus.Completed or JobStatus.Cancelled })
        {
            throw new InvalidOperationException($"Job {id} ended as {last?.Status}: {last?.Error?.Message}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await Task.WhenAll(running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await services.DisposeAsync();
        folder.Dispose();
        stop.Dispose();
    }
}
