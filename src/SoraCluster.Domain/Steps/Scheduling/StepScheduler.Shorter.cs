namespace SoraCluster.Domain.Steps.Scheduling;

/// <summary>
/// Letting much shorter jobs go first. What is left of a job is known, so the shortest goes first wherever shares are even: that
/// makes the mean wait least (Schrage 1968). Shares, and how long one may be passed over, are bounds to it.
/// </summary>
public sealed partial class StepScheduler
{
    /// <summary>How many times shorter a job must be: to interrupt for what is nearly as long gains nothing.</summary>
    private const double MuchShorter = 2;

    /// <summary>Owners that are looked at, of those with the shortest jobs.</summary>
    private const int Looks = 8;

    private static bool IsMuchShorter(WaitingJob job, double cost) => job.Entry.Cost * MuchShorter < cost;

    /// <summary>The job that goes before the one whose turn it is.</summary>
    private WaitingJob? ShorterThan(WaitingJob turn, Room here, TimeSpan now)
    {
        if (options.ShortSlack == TimeSpan.Zero || FindShorter(turn.Flow.Lane, turn.Entry.Cost, turn.Flow.Tag, here.Fits) is not { } shorter)
        {
            return null;
        }

        turn.OvertakenSince ??= now;
        return WasOvertakenForLong(turn, now) ? null : shorter;
    }

    /// <summary>Whether a lease is to be given back because a much shorter job waits, for which no other was asked back yet.</summary>
    private bool YieldsToShorter(LeaseState lease, ClassLane lane, TimeSpan now)
    {
        if (options.ShortSlack == TimeSpan.Zero || lane.Next is not { } next || WasOvertakenForLong(next.Jobs.Min!, now) || !IsLongest(lease))
        {
            return false;
        }

        var tag = Math.Min(next.Tag, Used(lease));
        var shorter = FindShorter(lane, lease.RemainingCost, tag, job => FitsInsteadOf(job, lease) && !IsExpected(job));
        if (shorter is not null)
        {
            shorter.RoomFrom = lease;
        }

        return shorter is not null;
    }

    private WaitingJob? FindShorter(ClassLane lane, double cost, double tag, Func<WaitingJob, bool> fits)
    {
        if (lane.Shortest is not { } shortest || !IsMuchShorter(shortest, cost))
        {
            return null;
        }

        var looks = 0;
        foreach (var flow in lane.ByShortest)
        {
            if (looks++ == Looks || !IsMuchShorter(flow.Shortest!, cost))
            {
                break;
            }

            if (flow.Tag <= tag + options.ShareSlack.TotalSeconds && fits(flow.Shortest!))
            {
                return flow.Shortest;
            }
        }

        return null;
    }

    private bool WasOvertakenForLong(WaitingJob job, TimeSpan now) => now - job.OvertakenSince > options.ShortSlack;

    /// <summary>A lease was asked back for it and is not over yet.</summary>
    private bool IsExpected(WaitingJob job) =>
        job.RoomFrom is { YieldAsked: true } lease && leases.GetValueOrDefault(lease.Entry.JobId) == lease;

    private static bool IsLongest(LeaseState lease)
    {
        foreach (var other in lease.Worker.Leases)
        {
            if (other is { YieldAsked: false } && other.Level == lease.Level && other.RemainingCost > lease.RemainingCost)
            {
                return false;
            }
        }

        return true;
    }
}
