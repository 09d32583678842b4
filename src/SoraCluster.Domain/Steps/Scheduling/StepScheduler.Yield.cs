namespace SoraCluster.Domain.Steps.Scheduling;

/// <summary>Asking jobs back.</summary>
public sealed partial class StepScheduler
{
    /// <summary>
    /// Whether a lease is to be given back: for a higher class after any step; after a quantum for another owner of the same class
    /// who is behind, or for a much shorter job; and only when nobody has room left, no other lease of the worker has less right
    /// to go on, and not enough jobs have been asked back already. A lease always gets a step done, so nothing is asked back for
    /// ever.
    /// </summary>
    private bool ShouldYield(LeaseState lease, bool quantumDone, TimeSpan now)
    {
        if (Paused || lease.Remaining == 0 || lease.Done == 0 || lease.Worker.Room > 0)
        {
            return false;
        }

        var inLine = 0;
        for (var level = ServiceClass.Priority; level <= lease.Level; level++)
        {
            var lane = lanes[(int)level];
            inLine += lane.ReadyCount;
            if (inLine > yielding + room
                && lane.Next is { } next
                && FitsInsteadOf(next.Jobs.Min!, lease)
                && (level < lease.Level || (quantumDone && IsAhead(lease, next)))
                && HasLeastRight(lease))
            {
                return true;
            }
        }

        return quantumDone && inLine > room && YieldsToShorter(lease, lanes[(int)lease.Level], now);
    }

    private bool IsAhead(LeaseState lease, ShareFlow next) =>
        lease.Flow != next && Used(lease) > next.Tag + options.YieldSlack.TotalSeconds;

    /// <summary>What the owner has used, less what was only paid in advance.</summary>
    private static double Used(LeaseState lease) =>
        lease.Flow.Tag - (lease.Prepaid * lease.Entry.CostPerStep / lease.Flow.Weight);

    private static bool FitsInsteadOf(WaitingJob job, LeaseState lease) =>
        !job.Entry.Alone
        && job.TooBigFor?.Contains(lease.Worker.Id) != true
        && (lease.Worker.FreeCost is not { } free || job.Entry.CostPerStep <= free + lease.Entry.CostPerStep);

    private static bool HasLeastRight(LeaseState lease)
    {
        foreach (var other in lease.Worker.Leases)
        {
            if (other != lease && other is { Remaining: > 0, YieldAsked: false } && LessRight(other, lease))
            {
                return false;
            }
        }

        return true;
    }

    private static bool LessRight(LeaseState a, LeaseState b)
    {
        if (a.Level != b.Level)
        {
            return a.Level > b.Level;
        }

        return Used(a).CompareTo(Used(b)) is var used and not 0 ? used > 0 : a.Sequence > b.Sequence;
    }
}
