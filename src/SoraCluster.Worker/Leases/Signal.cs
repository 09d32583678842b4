namespace SoraCluster.Worker.Leases;

/// <summary>Wakes the one who waits; remembered when nobody does. Used within turns only: not thread-safe.</summary>
internal sealed class Signal
{
    private TaskCompletionSource raised = New();

    public void Set() => raised.TrySetResult();

    /// <summary>Returns when it has been set since the last wait.</summary>
    public async Task WaitAsync(CancellationToken cancellation)
    {
        await raised.Task.WaitAsync(cancellation);
        raised = New();
    }

    /// <summary>The same, but for no longer than a given time.</summary>
    public async Task WaitAsync(TimeSpan limit, TimeProvider clock, CancellationToken cancellation)
    {
        if (!raised.Task.IsCompleted)
        {
            using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            await Task.WhenAny(raised.Task, Task.Delay(limit, clock, over.Token));
            over.Cancel();
            cancellation.ThrowIfCancellationRequested();
        }

        raised = raised.Task.IsCompleted ? New() : raised;
    }

    private static TaskCompletionSource New() => new();
}
