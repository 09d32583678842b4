using SoraCluster.Domain.Jobs;

namespace SoraCluster.Gateway.Videos;

/// <summary>The published snapshots of one job, with a limit on how long to wait for the next. Watches from construction on.</summary>
internal sealed class JobUpdates : IAsyncDisposable
{
    private readonly IAsyncEnumerator<JobSnapshot> updates;
    private readonly TimeProvider clock;
    private readonly CancellationTokenSource gone;
    private Task<bool> next;

    /// <param name="gone">Cancelled when the watcher leaves, and by disposal.</param>
    public JobUpdates(IJobEvents events, string jobId, TimeProvider clock, CancellationTokenSource gone)
    {
        this.clock = clock;
        this.gone = gone;
        updates = events.WatchAsync(jobId, gone.Token).GetAsyncEnumerator(gone.Token);
        next = updates.MoveNextAsync().AsTask();
    }

    /// <returns>Null when none came in time, or none will come.</returns>
    public async Task<JobSnapshot?> NextAsync(TimeSpan patience)
    {
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(gone.Token);
        var timer = Task.Delay(patience, clock, waiting.Token);
        var told = await WaitAsync(timer);
        await waiting.CancelAsync();
        gone.Token.ThrowIfCancellationRequested();
        if (!told)
        {
            return null;
        }

        var update = updates.Current;
        next = updates.MoveNextAsync().AsTask();
        return update;
    }

    private async Task<bool> WaitAsync(Task timer)
    {
        if (next is { IsCompletedSuccessfully: true, Result: false })
        {
            // The publisher has said its last; the job may still be there (the publisher moved), so time goes on.
            await Task.WhenAny(timer);
            return false;
        }

        return await Task.WhenAny(next, timer) == next && await next;
    }

    public async ValueTask DisposeAsync()
    {
        await gone.CancelAsync();
        await next.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        await updates.DisposeAsync();
    }
}
