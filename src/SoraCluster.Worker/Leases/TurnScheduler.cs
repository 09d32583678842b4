namespace SoraCluster.Worker.Leases;

/// <summary>
/// Runs one task at a time on the thread pool, in order, and never one inside another: who signals goes on to its next wait
/// before anyone who was waiting begins. A simulator's scheduler keeps the same rule, so what holds there holds here.
/// </summary>
internal sealed class TurnScheduler : TaskScheduler
{
    private readonly Lock gate = new();
    private readonly Queue<Task> waiting = new();
    private bool running;

    public override int MaximumConcurrencyLevel => 1;

    protected override void QueueTask(Task task)
    {
        lock (gate)
        {
            waiting.Enqueue(task);
            if (running)
            {
                return;
            }

            running = true;
        }

        ThreadPool.UnsafeQueueUserWorkItem(static scheduler => scheduler.Run(), this, preferLocal: false);
    }

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;

    protected override IEnumerable<Task> GetScheduledTasks()
    {
        lock (gate)
        {
            return [.. waiting];
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
