using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using SoraCluster.Domain.Artifacts;
using SoraCluster.Silo.Roles;
using SoraCluster.Worker;
using SoraCluster.Worker.Costs;

namespace SoraCluster.Silo.Hosting;

/// <summary>
/// The worker of a GPU silo. Hosted services stop in the reverse order of their start, so this one, which started after the silo,
/// finishes its step, stores checkpoints and gives its leases back while the silo is still a member.
/// </summary>
internal sealed partial class GpuService(
    IServiceProvider services,
    ILocalSiloDetails silo,
    SiloHostOptions options,
    Backend backend,
    CostProfile profile,
    IArtifactStore artifacts,
    IHostApplicationLifetime lifetime,
    ILogger<GpuService> logger) : IHostedService, IDisposable
{
    private readonly CancellationTokenSource stopping = new();
    private Task working = Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        RunsOn(backend.Description);
        var address = silo.SiloAddress;
        var worker = ActivatorUtilities.CreateInstance<WorkerLoop>(services, new WorkerOptions
        {
            WorkerId = SiloNames.WorkerId(address.Endpoint, address.Generation),
            MaxJobs = options.MaxJobs,
            ReportPause = WorkerOptions.NetworkReportPause,
        }.WithCheckpointEvery(options.CheckpointEvery));
        working = WorkAsync(worker);
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await stopping.CancelAsync();
        await working;
        try
        {
            await profile.SaveAsync(artifacts, SiloHost.ProfileKey, cancellationToken);
        }
        catch (ArtifactStoreException failure)
        {
            ProfileNotKept(failure);
        }
    }

    /// <summary>A host that was stopped while it started has not stopped this.</summary>
    public void Dispose()
    {
        stopping.Cancel();
        stopping.Dispose();
    }

    /// <summary>A worker that ends by itself has a device that hangs: the process goes, so that another can take its place.</summary>
    private async Task WorkAsync(WorkerLoop worker)
    {
        try
        {
            await worker.RunAsync(stopping.Token);
        }
        catch (Exception failure)
        {
            Failed(failure);
            Environment.ExitCode = 1;
            lifetime.StopApplication();
        }
    }

    [LoggerMessage(1, LogLevel.Critical, "The worker failed; the silo stops.")]
    private partial void Failed(Exception error);

    [LoggerMessage(2, LogLevel.Warning, "What the worker learned about costs could not be kept.")]
    private partial void ProfileNotKept(Exception error);

    [LoggerMessage(3, LogLevel.Information, "Packs run on {Device}.")]
    private partial void RunsOn(string device);
}
