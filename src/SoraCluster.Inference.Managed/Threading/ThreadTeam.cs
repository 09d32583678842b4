using System.Runtime.ExceptionServices;

namespace SoraCluster.Inference.Managed.Threading;

/// <summary>
/// A few threads that run the same job together. The caller is one of them, so a team of one starts no thread at all. Each worker does the part of
/// the job that its number assigns to it, never what happens to be left, so that the work stays in its core's caches. Callers on several threads
/// (one denoises, another decodes) take turns in the order in which they come; a team of one lets them run side by side.
/// </summary>
internal sealed class ThreadTeam : IDisposable
{
    private static readonly Action<int> Stop = static _ => { };

    private readonly Barrier start;
    private readonly Barrier end;
    private readonly Barrier phase;
    private readonly object turns = new();
    private long lastTurn;
    private long turn = 1;
    private Action<int>? job;
    private Exception? failure;

    public ThreadTeam(int threads)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        Count = threads;
        start = new Barrier(threads);
        end = new Barrier(threads);
        phase = new Barrier(threads);
        for (var worker = 1; worker < threads; worker++)
        {
            var number = worker;
            new Thread(() => Work(number)) { IsBackground = true, Name = $"inference {number}" }.Start();
        }
    }

    /// <summary>Workers, the caller included.</summary>
    public int Count { get; }

    /// <summary>Runs a job on every worker and returns when all are done, after the jobs that were asked for before.</summary>
    public void Run(Action<int> work)
    {
        if (Count == 1)
        {
            work(0);
            return;
        }

        AwaitTurn();
        try
        {
            RunTogether(work);
        }
        finally
        {
            EndTurn();
        }
    }

    /// <summary>Inside a job: waits until every worker has come here. Each worker must come equally often.</summary>
    public void Await()
    {
        if (Count > 1)
        {
            phase.SignalAndWait();
        }
    }

    public void Dispose()
    {
        if (Count == 1)
        {
            return;
        }

        AwaitTurn();
        if (job != Stop)
        {
            job = Stop;
            start.SignalAndWait();
        }

        EndTurn();
    }

    private void RunTogether(Action<int> work)
    {
        ObjectDisposedException.ThrowIf(job == Stop, this);
        job = work;
        start.SignalAndWait();
        Execute(0);
        end.SignalAndWait();
        if (failure is { } e)
        {
            failure = null;
            phase.AddParticipants(Count - phase.ParticipantCount);
            ExceptionDispatchInfo.Throw(e);
        }
    }

    /// <summary>A plain lock would let a caller that comes back at once pass the ones that wait.</summary>
    private void AwaitTurn()
    {
        lock (turns)
        {
            var mine = ++lastTurn;
            while (turn != mine)
            {
                Monitor.Wait(turns);
            }
        }
    }

    private void EndTurn()
    {
        lock (turns)
        {
            turn++;
            Monitor.PulseAll(turns);
        }
    }

    private void Work(int worker)
    {
        while (true)
        {
            start.SignalAndWait();
            if (job == Stop)
            {
                return;
            }

            Execute(worker);
            end.SignalAndWait();
        }
    }

    /// <summary>A worker that fails must not leave the others waiting: it leaves the phases to them.</summary>
    private void Execute(int worker)
    {
        try
        {
            job!(worker);
        }
        catch (Exception e)
        {
            Interlocked.CompareExchange(ref failure, e, null);
            phase.RemoveParticipant();
        }
    }
}
