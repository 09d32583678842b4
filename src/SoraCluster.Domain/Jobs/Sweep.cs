using SoraCluster.Domain.State;
using SoraCluster.Domain.Steps;

namespace SoraCluster.Domain.Jobs;

/// <summary>
/// Looks after every unfinished job, at start-up, from time to time, and when a queue was activated empty: whatever a crash
/// interrupted is finished or undone, and whatever was not announced is. Deletes clips whose time is up.
/// </summary>
public sealed class Sweep(IJobIndex index, IEntities entities, IQueueBell bell, TimeProvider clock, SweepOptions options)
{
    /// <summary>Rung to ask for a sweep at once; no queue has this name.</summary>
    public const string Bell = "#sweep";

    /// <summary>Sweeps until cancelled.</summary>
    /// <param name="report">Told after each sweep; the host logs it.</param>
    public async Task RunAsync(Action<SweepReport> report, CancellationToken cancellation)
    {
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            var seen = new Dictionary<string, long> { [Bell] = bell.Rings(Bell) };
            report(await OnceAsync(cancellation));
            await bell.WaitAsync(seen, options.Period, cancellation);
        }
    }

    /// <summary>One sweep. A job in trouble holds up none of the others.</summary>
    public async Task<SweepReport> OnceAsync(CancellationToken cancellation)
    {
        var tally = new Tally();
        var recovered = await EachAsync(
            index.ListUnfinishedAsync(cancellation), j => entities.Get<IGenerationJob>(j.JobId).RecoverAsync(j), tally);
        var expired = await EachAsync(
            index.ListExpiredAsync(clock.GetUtcNow(), cancellation), j => entities.Get<IGenerationJob>(j.JobId).DeleteAsync(), tally);
        return new(recovered, expired, tally.Failed, tally.Error);
    }

    private async Task<int> EachAsync(IAsyncEnumerable<JobIndexEntry> jobs, Func<JobIndexEntry, Task> act, Tally tally)
    {
        var count = 0;
        var running = new HashSet<Task>();
        try
        {
            await foreach (var job in jobs)
            {
                count++;
                running.Add(TryAsync(job, act, tally));
                while (running.Count >= options.Concurrency)
                {
                    running.Remove(await Task.WhenAny(running));
                }
            }
        }
        catch (Exception e) when (e is not (OperationCanceledException or OutOfMemoryException))
        {
            tally.Count(e);
        }

        await Task.WhenAll(running);
        return count;
    }

    private static async Task TryAsync(JobIndexEntry job, Func<JobIndexEntry, Task> act, Tally tally)
    {
        try
        {
            await act(job);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            tally.Count(e);
        }
    }

    private sealed class Tally
    {
        private int failed;

        public int Failed => failed;

        public Exception? Error { get; private set; }

        public void Count(Exception error)
        {
            Interlocked.Increment(ref failed);
            Error ??= error;
        }
    }
}
