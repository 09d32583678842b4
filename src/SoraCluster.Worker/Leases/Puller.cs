using Microsoft.Extensions.Logging;
using SoraCluster.Domain.Steps;
using SoraCluster.Worker.Costs;
using SoraCluster.Worker.Engine;

namespace SoraCluster.Worker.Leases;

/// <summary>
/// Asks for leases as long as there is room, beside the steps. One pull is on the way at a time, and room only grows meanwhile,
/// so an answer always fits.
/// </summary>
internal sealed partial class Puller(
    IStepSource source,
    IStepEngine engine,
    JobTable table,
    StepDriver driver,
    Batcher batcher,
    CostProfile costs,
    WorkerOptions options,
    TimeProvider clock,
    ILogger logger)
{
    private readonly Backoff backoff = new(options.RetryPause, Backoff.SeedOf(options.WorkerId));

    /// <summary>Hands every lease to <paramref name="take"/> until the worker stops; those that come after that as well.</summary>
    public async Task RunAsync(Action<Lease> take, CancellationToken stopping)
    {
        while (!table.Stopping)
        {
            if (Room() is not { } request)
            {
                await table.RoomNews.WaitAsync(CancellationToken.None);
                continue;
            }

            var asked = clock.GetTimestamp();
            try
            {
                var answer = await source.PullAsync(request, stopping);
                foreach (var lease in answer.Leases)
                {
                    take(lease);
                }

                backoff.Reset();
                if (answer.Leases.Count == 0)
                {
                    // The source should have waited; one that did not is not asked in circles.
                    var rest = options.PullWait - clock.GetElapsedTime(asked);
                    await PauseAsync(answer.Draining || rest < options.RetryPause ? rest : options.RetryPause, stopping);
                }
            }
            catch (OperationCanceledException) when (table.Stopping || stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                PullFailed(e);
                await PauseAsync(backoff.Next(), stopping);
            }
        }
    }

    /// <summary>What this worker can take now; null when nothing.</summary>
    private PullRequest? Room()
    {
        if (table.HoldsAlone || table.Finishing >= options.MaxFinishing)
        {
            return null;
        }

        var held = table.Stepping.ToArray();
        if (held.Length == 0)
        {
            // Whatever it costs, an idle device takes it; what fits beside it is asked for next.
            return new PullRequest(options.WorkerId, engine.Packs, 1, null, null, options.PullWait);
        }

        var free = Math.Min(options.MaxJobs, Seats(held)) - held.Length;
        return free < 1
            ? null
            : new PullRequest(options.WorkerId, engine.Packs, free, driver.ActiveKey, Budget(held), options.PullWait);
    }

    /// <summary>
    /// Device seconds per step that are left. Never nothing: beside the biggest job there is room for small ones, which take turns
    /// with it, but not for another big one.
    /// </summary>
    private double Budget(HeldJob[] held)
    {
        var taken = held.GroupBy(job => job.BatchKey).Sum(
            group => costs.SecondsPerStep(group.Key, group.Sum(job => job.Rows)) ?? group.Sum(job => job.Lease.Entry.CostPerStep));
        return Math.Max(options.StepBudget.TotalSeconds - taken, options.StepBudget.TotalSeconds / 8);
    }

    /// <summary>Jobs that fill one pass of what runs now, and one that is ready to take the first seat that gets free.</summary>
    private int Seats(HeldJob[] held)
    {
        var rows = held.Max(job => batcher.RowLimit(job.BatchKey, job.Spec.Pack));
        return 1 + Math.Max(1, rows / 2);
    }

    private async Task PauseAsync(TimeSpan pause, CancellationToken stopping)
    {
        if (pause > TimeSpan.Zero && !stopping.IsCancellationRequested)
        {
            await Task.Delay(pause, clock, stopping)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        }
    }
}
