using SoraCluster.Domain.State;

namespace SoraCluster.Worker.Tests.Fakes;

/// <summary>Runs a worker's turns, and tells when there is none to run.</summary>
internal sealed class Turns : TaskScheduler
{
    private readonly Lock gate = new();
    private TaskCompletionSource idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int running;

    public Turns() => Scheduler = new TurnScheduler(this);

    /// <summary>What the worker is given.</summary>
    public TaskScheduler Scheduler { get; }

    /// <summary>Returns when every turn that is due has run: the worker waits for its surroundings.</summary>
    public Task IdleAsync()
    {
        lock (gate)
        {
            return running > 0 ? idle.Task : Task.CompletedTask;
        }
    }

    protected override void QueueTask(Task task)
    {
        lock (gate)
        {
            running++;
        }

        ThreadPool.UnsafeQueueUserWorkItem(_ => Run(task), null);
    }

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;

    protected override IEnumerable<Task> GetScheduledTasks() => [];

    private void Run(Task task)
    {
        TryExecuteTask(task);
        lock (gate)
        {
            if (--running == 0)
            {
                idle.SetResult();
                idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
            }
        }
    }
}
