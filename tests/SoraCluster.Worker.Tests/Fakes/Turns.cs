namespace SoraCluster.Worker.Tests.Fakes;

/// <summary>Runs a worker's turns one at a time, and tells when there is none to run.</summary>
internal sealed class Turns : TaskScheduler
{
    private readonly Lock gate = new();
    private readonly Queue<Task> waiting = new();
    private TaskCompletionSource idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool running;

    /// <summary>Returns when every turn that is due has run: the worker waits for its surroundings.</summary>
    public Task IdleAsync()
    {
        lock (gate)
        {
            return running ? idle.Task : Task.CompletedTask;
        }
    }

    protected override void QueueTask(Task task)
    {
        lock (gate)
        {
            waiting.Enqueue(task);
            if (!running)
            {
                running = true;
                ThreadPool.UnsafeQueueUserWorkItem(_ => Run(), null);
            }
        }
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
                    idle.SetResult();
                    idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
                    return;
                }
            }

            TryExecuteTask(next);
        }
    }
}
