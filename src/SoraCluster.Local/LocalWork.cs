using Microsoft.Extensions.Logging;
using SoraCluster.Domain.Artifacts;
using SoraCluster.Domain.Jobs;
using SoraCluster.Domain.Steps;
using SoraCluster.Worker;
using SoraCluster.Worker.Costs;
using SoraCluster.Worker.Packs;

namespace SoraCluster.Local;

/// <summary>What a local server does besides answering: the worker, the sweep and the queues' timer.</summary>
internal sealed partial class LocalWork(
    LocalServerOptions options,
    WorkerLoop worker,
    Sweep sweep,
    QueueTimer timer,
    CostProfile profile,
    IArtifactStore artifacts,
    PackLibrary packs,
    ILogger<LocalWork> logger) : IDisposable
{
    /// <summary>Where the worker's profile is kept between starts.</summary>
    public const string ProfileKey = "profiles/costs.json";

    private readonly CancellationTokenSource stopWorker = new();
    private readonly CancellationTokenSource stopTimers = new();
    private Task running = Task.CompletedTask;
    private Task timing = Task.CompletedTask;

    /// <summary>Ends when the worker does: after <see cref="StopWorkerAsync"/>, or with the error that ended it.</summary>
    public Task Worker => running;

    public void Start()
    {
        var ids = packs.Packs.Select(p => p.Manifest.Id).ToArray();
        timing = Task.WhenAll(
            Task.Run(() => sweep.RunAsync(Told, stopTimers.Token)), Task.Run(() => timer.RunAsync(ids, stopTimers.Token)));
        running = options.HasWorker ? worker.RunAsync(stopWorker.Token) : IdleAsync(stopWorker.Token);
    }

    /// <summary>Lets the worker checkpoint what it runs and give it back; then keeps what it has learned.</summary>
    public async Task StopWorkerAsync()
    {
        await stopWorker.CancelAsync();
        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        try
        {
            await profile.SaveAsync(artifacts, ProfileKey);
        }
        catch (ArtifactStoreException failure)
        {
            ProfileNotKept(failure);
        }
    }

    public async Task StopTimersAsync()
    {
        await stopTimers.CancelAsync();
        await timing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public void Dispose()
    {
        stopWorker.Dispose();
        stopTimers.Dispose();
    }

    private static async Task IdleAsync(CancellationToken stopping) => await Task
        .Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stopping)
        .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private void Told(SweepReport report)
    {
        if (report.Failed > 0)
        {
            SweepFailed(report.Failed, report.Error);
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "{Failed} jobs could not be looked after; the next sweep tries again.")]
    private partial void SweepFailed(int failed, Exception? error);

    [LoggerMessage(2, LogLevel.Warning, "What the worker learned about costs could not be kept.")]
    private partial void ProfileNotKept(Exception error);
}
