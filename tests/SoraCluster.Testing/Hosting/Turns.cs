namespace SoraCluster.Testing.Hosting;

/// <summary>
/// One call after the other, in order of arrival. Whoever ends a turn runs the next one before going on, so that with storage
/// that answers at once everything happens on the caller's thread and in one order.
/// </summary>
internal sealed class Turns
{
    private readonly Lock gate = new();
    private readonly Queue<TaskCompletionSource> waiting = new();
    private bool taken;

    public async Task<T> RunAsync<T>(Func<Task<T>> call)
    {
        if (Join() is { } turn)
        {
            await turn.Task.ConfigureAwait(false);
        }

        try
        {
            return await call().ConfigureAwait(false);
        }
        finally
        {
            Next()?.SetResult();
        }
    }

    private TaskCompletionSource? Join()
    {
        lock (gate)
        {
            if (!taken)
            {
                taken = true;
                return null;
            }

            var turn = new TaskCompletionSource();
            waiting.Enqueue(turn);
            return turn;
        }
    }

    private TaskCompletionSource? Next()
    {
        lock (gate)
        {
            taken = waiting.TryDequeue(out var next);
            return next;
        }
    }
}
