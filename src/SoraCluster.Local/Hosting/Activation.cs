using SoraCluster.Domain.State;

namespace SoraCluster.Local.Hosting;

/// <summary>
/// One entity in memory and the calls waiting for it, which run strictly one after the other in the order they came. Within a
/// turn, too, only one continuation runs at a time, however many answers it awaits.
/// </summary>
internal sealed class Activation(EntityHost host, EntityId id)
{
    private readonly Lock gate = new();
    private readonly Queue<Turn> waiting = new();
    private readonly TurnScheduler turns = new(host.Runners);
    private bool pumping;
    private bool retired;
    private object? entity;
    private IActivationSlot? slot;
    private Turn? running;

    public EntityId Id => id;

    /// <summary>Timestamp at which it last had nothing left to do.</summary>
    public long IdleSince { get; private set; } = host.Now;

    /// <summary>The turn that runs now.</summary>
    public Turn? Running => Volatile.Read(ref running);

    /// <summary>
    /// Queues a call; false when the activation has been let go meanwhile. One that waits for its answer anyway, and finds nobody before it, is begun at
    /// once on its caller's thread: on a busy machine each thread that has to be woken costs milliseconds.
    /// </summary>
    public bool TryEnqueue(Turn turn)
    {
        lock (gate)
        {
            if (retired)
            {
                return false;
            }

            waiting.Enqueue(turn);
            if (pumping)
            {
                return true;
            }

            pumping = true;
        }

        if (!turn.MayRunHere() || !host.TryRunHere(() => _ = PumpAsync(here: true), turns))
        {
            EntityHost.Schedule(() => _ = PumpAsync(here: false), turns);
        }

        return true;
    }

    public bool IsIdle(long since)
    {
        lock (gate)
        {
            return !pumping && IdleSince <= since;
        }
    }

    /// <summary>Lets the activation go if it has been idle since a timestamp or longer.</summary>
    public bool TryRetire(long since)
    {
        lock (gate)
        {
            return !pumping && IdleSince <= since && (retired = true);
        }
    }

    /// <param name="here">On the thread of the first turn's caller: once that is done, what waits is left to another one.</param>
    private async Task PumpAsync(bool here)
    {
        while (TryTake() is { } turn)
        {
            if (!turn.TryBegin())
            {
                host.Ended();
                continue;
            }

            var run = RunAsync(turn);
            here &= run.IsCompleted;
            var answer = await run;
            if (!here)
            {
                host.Answer(answer);
                continue;
            }

            if (!TryRest())
            {
                EntityHost.Schedule(() => _ = PumpAsync(here: false), turns);
            }

            host.Answer(answer);
            return;
        }
    }

    private Turn? TryTake()
    {
        lock (gate)
        {
            return TryRest() ? null : waiting.Dequeue();
        }
    }

    /// <summary>Nothing more to do; false while calls wait.</summary>
    private bool TryRest()
    {
        lock (gate)
        {
            if (waiting.Count > 0)
            {
                return false;
            }

            pumping = false;
            IdleSince = host.Now;
            return true;
        }
    }

    private async Task<Action> RunAsync(Turn turn)
    {
        try
        {
            if (entity is null)
            {
                (entity, slot) = await id.Type.ActivateAsync(host, id.Key);
            }
        }
        catch (Exception failure)
        {
            return turn.Fail(failure);
        }

        Volatile.Write(ref running, turn);
        await turn.RunAsync(entity);
        Volatile.Write(ref running, null);
        if (slot is { Stale: true })
        {
            (entity, slot) = (null, null);
        }

        return turn.Complete();
    }
}
