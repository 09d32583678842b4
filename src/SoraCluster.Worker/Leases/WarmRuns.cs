using SoraCluster.Domain.Jobs;
using SoraCluster.Worker.Engine;

namespace SoraCluster.Worker.Leases;

/// <summary>Clips of jobs that were given back, in case they return; the longest unused goes first.</summary>
internal sealed class WarmRuns(int capacity) : IDisposable
{
    private readonly List<(JobSpec Spec, IClipRun Run)> kept = [];
    private long bytes;

    /// <summary>Memory that they hold; may be read on any thread.</summary>
    public long Bytes => Interlocked.Read(ref bytes);

    public void Keep(JobSpec spec, IClipRun run)
    {
        kept.Add((spec, run));
        Interlocked.Add(ref bytes, run.Bytes);
        while (kept.Count > capacity)
        {
            RemoveAt(0).Run.Dispose();
        }
    }

    /// <summary>
    /// The clip of a job, if it is as far as the job says or further: a step's result is the same whoever took it. What is behind
    /// is dropped.
    /// </summary>
    public IClipRun? Take(LeaseGrant grant)
    {
        var index = kept.FindIndex(each => each.Spec.Id == grant.Spec.Id);
        if (index < 0)
        {
            return null;
        }

        var (spec, run) = RemoveAt(index);
        if (spec == grant.Spec && run.Step >= grant.FirstStep)
        {
            return run;
        }

        run.Dispose();
        return null;
    }

    private (JobSpec Spec, IClipRun Run) RemoveAt(int index)
    {
        var removed = kept[index];
        kept.RemoveAt(index);
        Interlocked.Add(ref bytes, -removed.Run.Bytes);
        return removed;
    }

    public void Dispose() => kept.ForEach(each => each.Run.Dispose());
}
