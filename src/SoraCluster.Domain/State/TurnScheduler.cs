namespace SoraCluster.Domain.State;

/// <summary>
/// Runs one task at a time, in order, and never one inside another. What awaits several things at once on it goes on with one
/// of them after the other: its state needs no locks. The runtime of a cluster does the same for each grain.
/// </summary>
/// <param name="runners">Where the tasks are run; the thread pool when null. A simulator passes its own.</param>
public sealed class TurnScheduler(TaskScheduler? runners = null) : TaskScheduler
{
    private readonly Lock gate = new();
    private readonly Queue<Task> waiting = new();
    private bool running;
    private Task? here;

    public override int MaximumConcurrencyLevel => 1;

    /// <summary>The runners are told within the lock: who finds turns waiting here finds one with the runners, too.</summary>
    protected override void QueueTask(Task task)
    {
        lock (gate)
        {
            waiting.Enqueue(task);
            if (!running)
            {
                running = true;
                Start();
            }
        }
    }

    /// <summary>Runs something as a task of its own on this thread; false where another one runs, or waits to: nothing was done.</summary>
    public bool TryRunHere(Action work)
    {
        lock (gate)
        {
            if (running)
            {
                return false;
            }

            running = true;
        }

        // The thread may have a context of its own, which awaits would prefer to this scheduler.
        var context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        here = new Task(work, TaskCreationOptions.DenyChildAttach);
        here.RunSynchronously(this);
        here = null;
        SynchronizationContext.SetSynchronizationContext(context);
        lock (gate)
        {
            if (waiting.Count > 0)
            {
                Start();
            }
            else
            {
                running = false;
            }
        }

        return true;
    }

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => task == here && TryExecuteTask(task);

    protected override IEnumerable<Task> GetScheduledTasks()
    {
        lock (gate)
        {
            return [.. waiting];
        }
    }

    private void Start()
    {
        if (runners is null)
        {
            ThreadPool.UnsafeQueueUserWorkItem(static turns => turns.Run(), this, preferLocal: false);
        }
        else
        {
            Task.Factory.StartNew(Run, CancellationToken.None, TaskCreationOptions.DenyChildAttach, runners);
        }
    }

    private void Run()
    {
        while (true)
        {
            Task? next;
            lock (gate)
            {
                if (!waiting.TryDequeue(out next))
                {
                    running = false;
                    return;
                }
            }

            TryExecuteTask(next);
        }
    }
}
