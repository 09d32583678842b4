namespace SoraCluster.Simulation.Core;

/// <summary>
/// Virtual time and everything that is yet to happen in it, on one thread. What is due at the same moment happens in an order
/// drawn from the seed, so that a seed is a schedule, and the same seed is the same schedule.
/// </summary>
public sealed class SimWorld(int seed)
{
    private readonly PriorityQueue<Happening, (long Time, long Tie)> future = new(new InOrder());
    private readonly int thread = Environment.CurrentManagedThreadId;
    private ulong trace = 14695981039346656037;

    public static DateTimeOffset Start { get; } = new(2026, 11, 22, 0, 0, 0, TimeSpan.Zero);

    public Random Random { get; } = new(seed);

    public TimeSpan Now { get; private set; }

    public long Events { get; private set; }

    /// <summary>Who acted last.</summary>
    public SimProcess? Last { get; private set; }

    /// <summary>A digest of all that has happened so far, in order: equal for equal runs.</summary>
    public ulong Trace => trace;

    /// <summary>What broke inside a process, where nothing may.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>Happens after a time in a process, unless the process has died by then.</summary>
    public void After(TimeSpan delay, SimProcess process, Action action)
    {
        if (Environment.CurrentManagedThreadId != thread)
        {
            throw new InvalidOperationException("Something ran on another thread: the simulation would not be repeatable.");
        }

        var due = Now + (delay > TimeSpan.Zero ? delay : TimeSpan.Zero);
        future.Enqueue(new(process, process.Life, action), (due.Ticks, Random.NextInt64()));
    }

    /// <summary>A pause in a process; never ends if the process dies.</summary>
    public Task PauseAsync(TimeSpan delay, SimProcess process)
    {
        var pause = new TaskCompletionSource();
        After(delay, process, pause.SetResult);
        return pause.Task;
    }

    /// <summary>A pause of up to <paramref name="most"/>, short ones likelier.</summary>
    public Task PauseUpToAsync(TimeSpan most, SimProcess process)
    {
        var x = Random.NextDouble();
        return PauseAsync(most * (x * x), process);
    }

    public bool Chance(double probability) => Random.NextDouble() < probability;

    public void Note(long what) => trace = (trace ^ (ulong)what) * 1099511628211;

    public void Fail(Exception cause) => Failure ??= cause;

    /// <summary>Lets the next thing happen.</summary>
    /// <returns>False when nothing is left to happen before <paramref name="until"/>.</returns>
    public bool Step(TimeSpan until)
    {
        if (!future.TryPeek(out _, out var key) || key.Time > until.Ticks)
        {
            Now = until;
            return false;
        }

        var next = future.Dequeue();
        Now = new(key.Time);
        if (next.Process.Life == next.Life && next.Process.Alive)
        {
            Events++;
            Last = next.Process;
            Note(key.Time);
            Note(next.Process.Number);
            SynchronizationContext.SetSynchronizationContext(next.Process.Context);
            next.Action();
        }

        return true;
    }

    private sealed class InOrder : IComparer<(long Time, long Tie)>
    {
        public int Compare((long Time, long Tie) x, (long Time, long Tie) y) =>
            x.Time != y.Time ? (x.Time < y.Time ? -1 : 1) : x.Tie.CompareTo(y.Tie);
    }

    private readonly record struct Happening(SimProcess Process, int Life, Action Action);
}
