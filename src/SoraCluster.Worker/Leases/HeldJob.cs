using System.Diagnostics;
using SoraCluster.Domain.Jobs;
using SoraCluster.Domain.Steps;
using SoraCluster.Worker.Engine;

namespace SoraCluster.Worker.Leases;

/// <summary>One lease and all that this worker knows about its job. Belongs to the worker's turns.</summary>
internal sealed class HeldJob(Lease lease, long arrival) : IDisposable
{
    private readonly CancellationTokenSource interrupted = new();
    private IClipRun? run;
    private bool disposed;

    public Lease Lease => lease;

    public string Id => lease.JobId;

    public long Token => lease.Grant.Token;

    public JobSpec Spec => lease.Grant.Spec;

    /// <summary>Its span: the parent of what is done for it outside its own flow.</summary>
    public ActivityContext Trace { get; set; }

    /// <summary>Order in which the leases came.</summary>
    public long Arrival => arrival;

    /// <summary>It may have killed a worker: nothing else runs beside it.</summary>
    public bool Alone => lease.Grant.Alone;

    public JobStage Stage { get; set; } = JobStage.Waiting;

    public IClipRun Run => run ?? throw new InvalidOperationException("The clip is not open yet.");

    public bool IsOpen => run is not null;

    public int Step => run?.Step ?? lease.Grant.FirstStep;

    /// <summary>Memory that its clip holds.</summary>
    public long Bytes => run?.Bytes ?? 0;

    public int TotalSteps => run?.TotalSteps ?? 0;

    /// <summary>Rows it has, or can be expected to have, in a pass.</summary>
    public int Rows => run?.Rows ?? (Spec.GuidanceScale > 1 ? 2 : 1);

    /// <summary>Its turn is taken among those with the same key; unknown until it is open.</summary>
    public string BatchKey => run?.BatchKey ?? lease.Entry.BatchKey;

    /// <summary>Device seconds charged, counted from what the least-served job in hand had when it came: who has less goes first.</summary>
    public double Charged { get; set; }

    /// <summary>The step it may reach before the queue has to be heard.</summary>
    public int AllowedUntil { get; set; } = lease.Grant.FirstStep + Math.Max(1, lease.Quantum);

    /// <summary>Shares no pass: one with it in it failed.</summary>
    public bool Isolated { get; set; }

    /// <summary>Failed passes that it shared.</summary>
    public int SharedFailures { get; set; }

    /// <summary>Why it cannot go on, found while it was in the batch.</summary>
    public Exception? Fault { get; set; }

    /// <summary>There is progress that the queue has not been told.</summary>
    public bool HasNews { get; set; }

    /// <summary>Among it something that does not wait for more: a new stage, or the last step that the queue allowed.</summary>
    public bool HasUrgentNews { get; set; }

    /// <summary>Device seconds that the queue has not been told.</summary>
    public double UntoldSeconds { get; set; }

    public bool WordsTold { get; set; }

    public CheckpointTrail Checkpoints { get; } = new(lease.Grant);

    public Interruption Interruption { get; private set; }

    /// <summary>Cancelled with the first interruption.</summary>
    public CancellationToken Interrupted => interrupted.Token;

    public void Open(IClipRun opened) => run = opened;

    /// <summary>Hands the clip over, to keep it beyond this lease.</summary>
    public IClipRun? TakeRun()
    {
        var taken = run;
        run = null;
        return taken;
    }

    /// <summary>
    /// Asks it to leave; a yield is not for a job whose steps are done. One that has left hears nothing more: the answer to a report that named it
    /// can come after it.
    /// </summary>
    public void Interrupt(Interruption reason)
    {
        if (!disposed && reason > Interruption && !(reason == Interruption.Yield && Stage > JobStage.Denoise))
        {
            Interruption = reason;
            interrupted.Cancel();
        }
    }

    public void Dispose()
    {
        disposed = true;
        run?.Dispose();
        run = null;
        interrupted.Dispose();
    }
}
