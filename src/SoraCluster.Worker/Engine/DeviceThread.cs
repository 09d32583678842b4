using System.Collections.Concurrent;

namespace SoraCluster.Worker.Engine;

/// <summary>A thread for what keeps a device or a core busy; what it is given it does in order.</summary>
internal sealed class DeviceThread : IDisposable
{
    private readonly BlockingCollection<Action> work = [];
    private readonly Thread thread;

    public DeviceThread(string name)
    {
        thread = new Thread(Work) { Name = name, IsBackground = true };
        thread.Start();
    }

    /// <summary>Does it on the thread; whoever awaits the answer never runs on it.</summary>
    /// <exception cref="ObjectDisposedException">The thread has ended.</exception>
    public Task<T> RunAsync<T>(Func<T> task, CancellationToken cancellation = default)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        try
        {
            work.Add(() => Complete(done, task, cancellation), CancellationToken.None);
        }
        catch (InvalidOperationException)
        {
            done.SetException(new ObjectDisposedException(nameof(DeviceThread)));
        }

        return done.Task;
    }

    /// <summary>Finishes what was given and ends.</summary>
    public void Dispose()
    {
        work.CompleteAdding();
        thread.Join();
    }

    private static void Complete<T>(TaskCompletionSource<T> done, Func<T> task, CancellationToken cancellation)
    {
        if (cancellation.IsCancellationRequested)
        {
            done.SetCanceled(cancellation);
            return;
        }

        try
        {
            done.SetResult(task());
        }
        catch (Exception e)
        {
            done.SetException(e);
        }
    }

    private void Work()
    {
        foreach (var task in work.GetConsumingEnumerable())
        {
            task();
        }

        work.Dispose();
    }
}
