using System.Collections.Concurrent;
using System.Collections.Frozen;
using SoraCluster.Domain.State;

namespace SoraCluster.Local.Hosting;

/// <summary>
/// Hosts entities in this process: one activation per (type, key), calls to it queued and run one at a time, each to its end.
/// Time and scheduling come from outside: under a seeded scheduler and a manual clock it runs the same way every time.
/// </summary>
public sealed class EntityHost : IEntities, IAsyncDisposable
{
    private readonly ConcurrentDictionary<EntityId, Activation> activations = new();
    private readonly FrozenDictionary<Type, EntityType> types;
    private readonly ExecutionContext? origin = ExecutionContext.Capture();
    private readonly EntityHostOptions options;
    private readonly TimeProvider clock;
    private readonly ITimer sweeper;
    private readonly TaskCompletionSource drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int active;
    private bool trimming;
    private int trimAbove;
    private long pending;
    private volatile bool stopping;

    /// <param name="scheduler">Runs every turn; <see cref="TaskScheduler.Default"/> when null.</param>
    public EntityHost(
        IStateStore store, IEnumerable<EntityType> types, EntityHostOptions options, TimeProvider clock, TaskScheduler? scheduler = null)
    {
        Store = store;
        this.types = types.ToFrozenDictionary(t => t.Contract);
        this.options = options;
        this.clock = clock;
        Runners = scheduler;
        trimAbove = options.MaxActivations;
        var period = options.IdleAfter < options.DeadlockAfter ? options.IdleAfter : options.DeadlockAfter;
        sweeper = clock.CreateTimer(_ => Sweep(), null, period, period);
    }

    /// <summary>Entities in memory now.</summary>
    public int ActivationCount => Volatile.Read(ref active);

    /// <summary>
    /// The same entities for callers that do not wait for the answer, such as hints from one entity to another: such a call
    /// may lead back to its caller, as it holds nobody up.
    /// </summary>
    public IEntities NotAwaited => new NotAwaitedEntities(this);

    internal IStateStore Store { get; }

    /// <summary>Where turns are run; null for the thread pool.</summary>
    internal TaskScheduler? Runners { get; }

    internal long Now => clock.GetTimestamp();

    /// <exception cref="ArgumentException">No such entity is registered.</exception>
    public TEntity Get<TEntity>(string key)
        where TEntity : class => Refer<TEntity>(key, awaited: true);

    /// <summary>Refuses new calls from outside and completes when every turn, and every call those turns make, has ended.</summary>
    public async Task StopAsync()
    {
        stopping = true;
        if (Interlocked.Read(ref pending) == 0)
        {
            drained.TrySetResult();
        }

        await drained.Task;
        await sweeper.DisposeAsync();
    }

    public async ValueTask DisposeAsync() => await StopAsync();

    internal Task<TResult> Enqueue<TResult>(EntityId target, Turn<TResult> turn)
    {
        turn.Target = target;
        turn.QueuedAt = Now;
        Interlocked.Increment(ref pending);
        if (stopping && turn.Caller is null)
        {
            turn.Fail(new EntityHostStoppedException())();
            Ended();
        }
        else if (turn.FindCycle() is { } cycle)
        {
            turn.Fail(new EntityCycleException(cycle))();
            Ended();
        }
        else
        {
            turn.Enlist();
            while (!Activate(target).TryEnqueue(turn))
            {
                // It was let go between finding and calling it: the next look finds or makes another.
            }
        }

        return turn.Answer;
    }

    /// <summary>Starts something on a scheduler, outside the execution context of whoever called.</summary>
    internal static void Schedule(Action work, TaskScheduler scheduler)
    {
        using AsyncFlowControl? suppressed = ExecutionContext.IsFlowSuppressed() ? null : ExecutionContext.SuppressFlow();
        _ = Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.DenyChildAttach, scheduler);
    }

    /// <summary>Does the same on this thread, where that is the host's to decide and nothing runs on the scheduler; else false.</summary>
    internal bool TryRunHere(Action work, TurnScheduler scheduler)
    {
        if (Runners is not null || origin is null)
        {
            return false;
        }

        var began = false;
        ExecutionContext.Run(origin, _ => began = scheduler.TryRunHere(work), null);
        return began;
    }

    /// <summary>
    /// Answers a call whose turn is over, from within the entity's scheduler: what the caller does next is never run there, but queued, so the entity's
    /// next turn does not wait for it. A scheduler from outside gets a task of its own for it, which it can put in any order.
    /// </summary>
    internal void Answer(Action answer)
    {
        if (Runners is null)
        {
            answer();
            Ended();
        }
        else
        {
            Schedule(answer + Ended, Runners);
        }
    }

    /// <summary>Answers a call that was given up while it waited; its place in the queue is still counted.</summary>
    internal void AnswerAbandoned(Action answer) => Schedule(answer, Runners ?? TaskScheduler.Default);

    internal void Ended()
    {
        if (Interlocked.Decrement(ref pending) == 0 && stopping)
        {
            drained.TrySetResult();
        }
    }

    private TEntity Refer<TEntity>(string key, bool awaited)
        where TEntity : class
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        return types.TryGetValue(typeof(TEntity), out var type)
            ? EntityProxy.Create<TEntity>(this, new EntityId(type, key), awaited)
            : throw new ArgumentException($"No entity is registered for {typeof(TEntity).Name}.");
    }

    private Activation Activate(EntityId id)
    {
        if (activations.TryGetValue(id, out var known))
        {
            return known;
        }

        var made = new Activation(this, id);
        var kept = activations.GetOrAdd(id, made);
        if (ReferenceEquals(kept, made) && Interlocked.Increment(ref active) > Volatile.Read(ref trimAbove) && !Interlocked.Exchange(ref trimming, true))
        {
            Schedule(Trim, Runners ?? TaskScheduler.Default);
        }

        return kept;
    }

    private void Sweep()
    {
        var idleSince = Now - TicksOf(options.IdleAfter);
        foreach (var (_, activation) in activations)
        {
            Retire(activation, idleSince);
        }

        DeadlockWatch.Break(this, activations, Now - TicksOf(options.DeadlockAfter));
    }

    /// <summary>
    /// Lets the longest idle go, a tenth of the bound at a time so that it is not looked for at every call. Whoever made one too many does not wait for it:
    /// to look at ten thousand takes tens of milliseconds.
    /// </summary>
    private void Trim()
    {
        var slack = options.MaxActivations / 10;
        var surplus = ActivationCount - (options.MaxActivations - slack);
        var now = Now;
        foreach (var (activation, _) in activations.Values.Where(a => a.IsIdle(now)).Select(a => (Activation: a, a.IdleSince))
            .OrderBy(a => a.IdleSince).ThenBy(a => a.Activation.Id.ToString(), StringComparer.Ordinal).ToList())
        {
            if (surplus <= 0)
            {
                break;
            }

            surplus -= Retire(activation, now) ? 1 : 0;
        }

        trimAbove = Math.Max(options.MaxActivations, ActivationCount + slack);
        Volatile.Write(ref trimming, false);
    }

    private bool Retire(Activation activation, long idleSince)
    {
        if (activation.Id.Type.KeepActive || !activation.TryRetire(idleSince))
        {
            return false;
        }

        activations.TryRemove(activation.Id, out _);
        Interlocked.Decrement(ref active);
        return true;
    }

    private long TicksOf(TimeSpan time) => (long)(time.TotalSeconds * clock.TimestampFrequency);

    private sealed class NotAwaitedEntities(EntityHost host) : IEntities
    {
        public TEntity Get<TEntity>(string key)
            where TEntity : class => host.Refer<TEntity>(key, awaited: false);
    }
}
