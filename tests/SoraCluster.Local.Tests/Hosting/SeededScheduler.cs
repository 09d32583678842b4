namespace SoraCluster.Local.Tests.Hosting;

/// <summary>Runs one task at a time on the thread that asks, choosing among those ready by a seed: one interleaving per seed.</summary>
internal sealed class SeededScheduler(int seed) : TaskScheduler
{
    private readonly Random random = new(seed);
    private readonly Lock gate = new();
    private readonly List<Task> ready = [];

    /// <summary>Runs a body and all that it starts until nothing is ready.</summary>
    /// <returns>The body's task: completed, unless it waits for something that never comes.</returns>
    public Task Run(Func<Task> body)
    {
        var task = Task.Factory.StartNew(body, CancellationToken.None, TaskCreationOptions.None, this).Unwrap();
        RunReady();
        return task;
    }

    /// <summary>Runs a body to its end and gives its result, or throws what it threw.</summary>
    public T Do<T>(Func<Task<T>> body)
    {
        T result = default!;
        var run = Run(async () => result = await body());
        Assert.True(run.IsCompleted, "The body waits for something that never comes.");
        run.GetAwaiter().GetResult();
        return result;
    }

    public void RunReady()
    {
        // Continuations go to a synchronization context before they go to a scheduler; the test runner sets one.
        var runners = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        while (Take() is { } task)
        {
            TryExecuteTask(task);
        }

        SynchronizationContext.SetSynchronizationContext(runners);
    }

    protected override void QueueTask(Task task)
    {
        lock (gate)
        {
            ready.Add(task);
        }
    }

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;

    protected override IEnumerable<Task> GetScheduledTasks() => ready;

    private Task? Take()
    {
        lock (gate)
        {
            if (ready.Count == 0)
            {
                return null;
            }

            var at = random.Next(ready.Count);
            var task = ready[at];
            ready.RemoveAt(at);
            return task;
        }
    }
}
