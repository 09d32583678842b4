namespace SoraCluster.Simulation.Core;

/// <summary>
/// A process that can be killed between any two steps of what it does: whatever it waits for then never comes back, and no
/// <c>finally</c> runs.
/// </summary>
public sealed class SimProcess
{
    private readonly SimWorld world;

    public SimProcess(SimWorld world, string name, int number)
    {
        this.world = world;
        Name = name;
        Number = number;
        Context = new Ready(this, world);
    }

    public string Name { get; }
    public int Number { get; }

    /// <summary>Which life this is; what was begun in an earlier one is gone.</summary>
    public int Life { get; private set; } = 1;

    public bool Alive { get; private set; } = true;

    public SynchronizationContext Context { get; private set; }

    public void Kill()
    {
        Alive = false;
        Life++;
    }

    public void Restart()
    {
        Alive = true;
        Context = new Ready(this, world);
    }

    /// <summary>Starts something that is to run as long as the process lives; if it fails, the simulation has found a bug.</summary>
    public void Start(Func<Task> run) => world.After(TimeSpan.Zero, this, async () =>
    {
        try
        {
            await run();
        }
        catch (Exception e)
        {
            world.Fail(e);
        }
    });

    private sealed class Ready(SimProcess process, SimWorld world) : SynchronizationContext
    {
        private readonly int life = process.Life;

        public override void Post(SendOrPostCallback d, object? state)
        {
            if (process.Alive && process.Life == life)
            {
                world.After(TimeSpan.Zero, process, () => d(state));
            }
        }

        public override void Send(SendOrPostCallback d, object? state) => throw new NotSupportedException();
    }
}
