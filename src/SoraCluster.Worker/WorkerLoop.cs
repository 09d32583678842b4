using System.ComponentModel.DataAnnotations;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using SoraCluster.Domain.Artifacts;
using SoraCluster.Domain.Jobs;
using SoraCluster.Domain.State;
using SoraCluster.Domain.Steps;
using SoraCluster.Worker.Costs;
using SoraCluster.Worker.Engine;
using SoraCluster.Worker.Leases;

namespace SoraCluster.Worker;

/// <summary>
/// A worker: pulls jobs, steps those together that fit together, keeps them checkpointed, finishes them, and says what happens.
/// The process may die anywhere in it; nothing that was acknowledged is lost. It owns neither the engine nor the store.
/// </summary>
/// <remarks>
/// All of its state is touched in turns: one continuation at a time, on the scheduler that <paramref name="turns"/> names. A
/// simulator passes its own and gets the same order for the same seed; by default the turns run on the thread pool. Tensors are
/// worked on by the engine, outside of the turns.
/// </remarks>
/// <param name="source">The queue.</param>
/// <param name="store">Checkpoints and clips.</param>
/// <param name="engine">The device.</param>
/// <param name="costs">What steps cost; learned on, and to be stored, by the host.</param>
/// <param name="options">Checked here.</param>
/// <param name="clock">Time for pauses, heartbeats and measurements.</param>
/// <param name="instruments">The meters.</param>
/// <param name="logger">The log.</param>
/// <param name="turns">A scheduler that runs one task at a time and none inside another; null for one of its own.</param>
/// <exception cref="ValidationException">An option is out of range.</exception>
public sealed partial class WorkerLoop(
    IStepSource source,
    IArtifactStore store,
    IStepEngine engine,
    CostProfile costs,
    WorkerOptions options,
    TimeProvider clock,
    WorkerInstruments instruments,
    ILogger<WorkerLoop> logger,
    TaskScheduler? turns = null)
{
    private readonly WorkerOptions options = options.Checked();

    /// <summary>
    /// Works until <paramref name="stopping"/>: then the step under way is finished, every job is checkpointed and given back, and
    /// the call returns; at the latest after <see cref="WorkerOptions.StopLimit"/>, with whatever was not given back left to expire.
    /// </summary>
    /// <exception cref="TimeoutException">A step took longer than <see cref="WorkerOptions.StepLimit"/>: the device hangs.</exception>
    public Task RunAsync(CancellationToken stopping) => Task.Factory.StartNew(
        () => RunInTurnsAsync(stopping),
        CancellationToken.None,
        TaskCreationOptions.None,
        turns ?? new TurnScheduler()).Unwrap();

    private async Task RunInTurnsAsync(CancellationToken stopping)
    {
        var table = new JobTable();
        using var ended = new CancellationTokenSource();
        using var warm = new WarmRuns(options.WarmJobs);
        var retrying = new RetryingStore(store, options, clock, instruments, logger);
        var reporter = new Reporter(source, table, options, clock, instruments, logger);
        var batcher = new Batcher(costs, options.StepBudget, engine.MaxRows);
        var checkpoints = new CheckpointKeeper(retrying, reporter, table, costs, options, clock, instruments, logger);
        var driver = new StepDriver(
            engine, table, batcher, checkpoints, reporter, costs, options, clock, instruments, logger);
        var opener = new ClipOpener(engine, retrying, warm, reporter, table, instruments, logger);
        var finisher = new ClipFinisher(engine, retrying, checkpoints, reporter, clock, instruments);
        var runner = new LeaseRunner(
            table, opener, driver, checkpoints, finisher, reporter, warm, options, instruments, logger);
        var puller = new Puller(source, engine, table, driver, batcher, costs, options, clock, logger);
        instruments.Observe(() => CountJobs(table), () => CountBytes(table, warm));

        var lives = new List<Task>();
        var service = Task.WhenAny(driver.RunAsync(ended.Token), reporter.RunAsync(ended.Token)).Unwrap();
        var pulling = puller.RunAsync(lease => Take(lease, table, runner, lives, ended.Token), stopping);
        Started(options.WorkerId);
        try
        {
            await Task.WhenAny(service, Stopped(stopping));
            if (!service.IsCompleted)
            {
                await LeaveAsync(table, pulling, lives, service);
            }
        }
        finally
        {
            table.Stop();
            ended.Cancel();
        }

        await EndOfServiceAsync(service, ended.Token);
        Ended(options.WorkerId);
    }

    private void Take(Lease lease, JobTable table, LeaseRunner runner, List<Task> lives, CancellationToken ended)
    {
        // A lease of a job in hand is a newer one: the queue took the older for lost.
        table.Find(lease.JobId)?.Interrupt(Interruption.Lost);
        table.StepNews.Set();
        var job = new HeldJob(lease, table.NextArrival());
        table.Add(job);
        if (table.Stopping)
        {
            job.Interrupt(Interruption.Stop);
        }

        Taken(lease.JobId, lease.Grant.Token, lease.Grant.FirstStep);
        lives.RemoveAll(life => life.IsCompleted);
        lives.Add(runner.RunAsync(job, ended));
    }

    /// <summary>Gives everything back, as far as time allows.</summary>
    private async Task LeaveAsync(JobTable table, Task pulling, List<Task> lives, Task service)
    {
        Stopping(options.WorkerId, table.Jobs.Count);
        table.Stop();
        using var limit = new CancellationTokenSource(options.StopLimit, clock);
        var over = Stopped(limit.Token);
        await Task.WhenAny(pulling, service, over);
        await Task.WhenAny(Task.WhenAll(lives), service, over);
        if (table.Jobs.Count > 0)
        {
            LeftBehind(options.WorkerId, table.Jobs.Count);
        }

        limit.Cancel();
    }

    private static async Task EndOfServiceAsync(Task service, CancellationToken ended)
    {
        try
        {
            await service;
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
        }
    }

    private static Task Stopped(CancellationToken token)
    {
        var stopped = new TaskCompletionSource();
        token.UnsafeRegister(_ => stopped.TrySetResult(), null);
        return stopped.Task;
    }

    // The gauges are read on any thread, while the turns go on.
    private static IEnumerable<Measurement<int>> CountJobs(JobTable table) =>
        table.Jobs.GroupBy(job => job.Stage).Select(
            group => new Measurement<int>(group.Count(), new KeyValuePair<string, object?>("stage", StageName(group.Key))));

    private static long CountBytes(JobTable table, WarmRuns warm) =>
        table.Jobs.Sum(job => job.Bytes) + warm.Bytes;

    private static string StageName(JobStage stage) => stage switch
    {
        JobStage.Waiting or JobStage.Encode => "open",
        JobStage.Denoise => "denoise",
        _ => "finish",
    };
}
