namespace SoraCluster.Simulation.Core;

/// <summary>Makes each turn of a worker a happening of the world; those of a life that is over never come.</summary>
internal sealed class SimTurns(SimWorld world, SimProcess process) : TaskScheduler
{
    private readonly int life = process.Life;

    public override int MaximumConcurrencyLevel => 1;

    protected override void QueueTask(Task task)
    {
        if (process.Alive && process.Life == life)
        {
            world.After(TimeSpan.Zero, process, () =>
            {
                // What the turn waits for goes on with this scheduler, as in a real worker.
                SynchronizationContext.SetSynchronizationContext(null);
                TryExecuteTask(task);
            });
        }
    }

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;

    protected override IEnumerable<Task> GetScheduledTasks() => [];
}
