namespace SoraCluster.Worker.Leases;

/// <summary>Lets one in at a time, in the order in which they came. Used within turns only: not thread-safe.</summary>
internal sealed class OneAtATime
{
    private readonly Queue<TaskCompletionSource> waiting = new();
    private bool taken;

    /// <exception cref="OperationCanceledException">Cancelled while it waited: it is not in.</exception>
    public async Task EnterAsync(CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        if (!taken)
        {
            taken = true;
            return;
        }

        var turn = new TaskCompletionSource();
        waiting.Enqueue(turn);
        using var given = cancellation.UnsafeRegister((_, token) => turn.TrySetCanceled(token), null);
        await turn.Task;
    }

    public void Leave()
    {
        while (waiting.TryDequeue(out var next))
        {
            if (next.TrySetResult())
            {
                return;
            }
        }

        taken = false;
    }
}
