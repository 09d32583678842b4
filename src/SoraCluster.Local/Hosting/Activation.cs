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

    /// <summary>Queues a call; false when the activation has been let go meanwhile.</summary>
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

        EntityHost.Schedule(() => _ = PumpAsync(), turns);
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

    private async Task PumpAsync()
    {
        while (TryTake() is { } turn)
        {
            if (turn.TryBegin())
            {
                host.Answer(await RunAsync(turn));
            }
            else
            {
                host.Ended();
            }
        }
    }

    private Turn? TryTake()
    {
        lock (gate)
        {
            if (waiting.TryDequeue(out var turn))
            {
                return turn;
            }

            pumping = false;
            IdleSince = host.Now;
            return null;
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
