namespace SoraCluster.Local.Hosting;

/// <summary>
/// One call to an entity, from being queued to its answer. It runs in its caller's execution context (traces and other ambient
/// values flow) and knows the turn that made it, so that calls that would wait for themselves can be told.
/// </summary>
/// <param name="awaited">Whether who makes the call, a turn or anybody else, waits for it.</param>
internal abstract class Turn(bool awaited)
{
    private static readonly AsyncLocal<Turn?> Ambient = new();

    private readonly ExecutionContext? context = ExecutionContext.Capture();
    private readonly List<Turn> calls = [];
    private int phase = Queued;
    private int called;

    /// <summary>Calls of one turn that may run on its thread. Who makes more has the others run side by side: then they commit together, too.</summary>
    private const int MostHere = 4;

    private const int Queued = 0, Running = 1, Over = 2;

    /// <summary>The turn that waits for this call, while it does; null for calls from outside and those not awaited.</summary>
    public Turn? Caller { get; private set; } = awaited && Ambient.Value is { phase: Running } live ? live : null;

    /// <summary>Where it is queued or runs.</summary>
    public EntityId Target { get; set; }

    /// <summary>When it was queued (a timestamp of the host's clock).</summary>
    public long QueuedAt { get; set; }

    /// <summary>Whether its caller's thread may run it: the caller waits for it, and has not made many calls. Asked once.</summary>
    public bool MayRunHere() => awaited && (Caller is null || Interlocked.Increment(ref Caller.called) <= MostHere);

    public bool IsRunning => Volatile.Read(ref phase) == Running;

    /// <summary>The calls it has made that are not answered yet.</summary>
    public Turn[] PendingCalls()
    {
        lock (calls)
        {
            return [.. calls];
        }
    }

    /// <summary>The ring that this call to <see cref="Target"/> would close within its own call chain, or null.</summary>
    public IReadOnlyList<string>? FindCycle()
    {
        var chain = new List<string> { Target.ToString() };
        for (var turn = Caller; turn is { IsRunning: true }; turn = turn.Caller)
        {
            chain.Add(turn.Target.ToString());
            if (turn.Target == Target)
            {
                chain.Reverse();
                return chain;
            }
        }

        return null;
    }

    public void Enlist() => Caller?.Add(this);

    /// <summary>Claims the turn for running; false when it was abandoned while it waited.</summary>
    public bool TryBegin() => Interlocked.CompareExchange(ref phase, Running, Queued) == Queued;

    /// <summary>Gives the call up while it waits; null when it already runs or ran, else what answers its caller.</summary>
    public Action? TryAbandon(Exception reason) =>
        Interlocked.CompareExchange(ref phase, Over, Queued) == Queued ? Fail(reason) : null;

    /// <summary>Runs the call to its end, without giving the answer yet.</summary>
    public Task RunAsync(object entity)
    {
        if (context is null)
        {
            return InvokeAsync(entity);
        }

        Task run = Task.CompletedTask;
        ExecutionContext.Run(context, _ => run = InvokeAsync(entity), null);
        return run;
    }

    /// <summary>Ends the turn; what comes back answers its caller, and with that runs what the caller does next.</summary>
    public Action Complete()
    {
        End();
        return SetResult;
    }

    /// <summary>Ends the turn, likewise.</summary>
    public Action Fail(Exception reason)
    {
        End();
        return () => SetException(reason);
    }

    protected void Enter() => Ambient.Value = this;

    protected abstract Task InvokeAsync(object entity);

    protected abstract void SetResult();

    protected abstract void SetException(Exception reason);

    private void End()
    {
        Volatile.Write(ref phase, Over);
        Caller?.Remove(this);
        Caller = null;
    }

    private void Add(Turn call)
    {
        lock (calls)
        {
            calls.Add(call);
        }
    }

    private void Remove(Turn call)
    {
        lock (calls)
        {
            calls.Remove(call);
        }
    }
}

internal sealed class Turn<TResult>(Func<object, object?[], Task<TResult>> invoke, object?[] arguments, bool awaited) : Turn(awaited)
{
    // Continuations may run inside: it is only ever set in a task of its own on the host's scheduler. The flag against that
    // would send some of them to the thread pool, whatever the scheduler.
    private readonly TaskCompletionSource<TResult> answer = new();
    private Task<TResult>? outcome;

    public Task<TResult> Answer => answer.Task;

    protected override async Task InvokeAsync(object entity)
    {
        Enter();
        try
        {
            outcome = invoke(entity, arguments);
        }
        catch (Exception thrown)
        {
            outcome = Task.FromException<TResult>(thrown);
        }

        await ((Task)outcome).ConfigureAwait(ConfigureAwaitOptions.ContinueOnCapturedContext | ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Hands on the outcome as it is: result, cancellation, or exception with its type and stack.</summary>
    protected override void SetResult() => answer.SetFromTask(outcome!);

    protected override void SetException(Exception reason) => answer.SetException(reason);
}
