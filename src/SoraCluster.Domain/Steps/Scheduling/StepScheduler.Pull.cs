namespace SoraCluster.Domain.Steps.Scheduling;

/// <summary>Choosing.</summary>
public sealed partial class StepScheduler
{
    /// <summary>
    /// Chooses jobs for a worker, as many as it has room for. Each leaves the line and must be answered with
    /// <see cref="Grant"/> or <see cref="Refuse"/>.
    /// </summary>
    public IReadOnlyList<Offer> Pull(PullRequest request, TimeSpan now)
    {
        Age(now);
        var worker = Seen(request.WorkerId, now, itself: !request.Again);
        SetRoom(worker, request.Free, request.FreeCost);
        worker.BusyElsewhere = request.ActiveKey is not null;
        if (Paused || draining.Contains(worker.Id) || worker.RunsAlone)
        {
            return [];
        }

        var offers = new List<Offer>();
        var activeKey = request.ActiveKey;
        while (worker.Free > 0 && Pick(worker, activeKey, now) is { } pick)
        {
            var lease = LeaseOut(pick.Job, worker, pick.Reason, now);
            offers.Add(new(pick.Job.Entry, lease.Prepaid, ExpiryOf(lease)));
            if (pick.Job.Entry.Alone)
            {
                break;
            }

            activeKey ??= pick.Job.Entry.BatchKey;
        }

        return offers;
    }

    private Choice? Pick(WorkerState worker, string? activeKey, TimeSpan now)
    {
        var here = new Room(worker, worker.FreeCost);
        if (worker.KeptFor is { } kept)
        {
            if (!kept.Flow.Parked && here.Fits(kept))
            {
                return new(kept, DecisionReason.Share);
            }

            if (!kept.Flow.Parked && !here.Empty)
            {
                return null;
            }

            // Its owner may run nothing more, or not even an empty worker has room for it: let others have the room.
            Keep(worker, null);
        }

        foreach (var lane in lanes)
        {
            if (lane.Next is not null && PickIn(lane, here, activeKey, now) is { } choice)
            {
                return choice;
            }

            if (worker.KeptFor is not null)
            {
                return null;
            }
        }

        return null;
    }

    private Choice? PickIn(ClassLane lane, Room here, string? activeKey, TimeSpan now)
    {
        if (lane.Firsts.Min is { Flow.Parked: false } first && here.Fits(first))
        {
            return new(first, DecisionReason.Operator);
        }

        if (KeepsRoomFor(lane.Next!.Jobs.Min!, here, now) || Turn(lane, here) is not { } next)
        {
            return null;
        }

        lane.Reach(next.Flow.Tag);
        if (lane.NearestDeadline is { } urgent && IsAtRisk(urgent, now) && MayOvertake(urgent, next, here, options.ShareSlack, now))
        {
            return new(urgent, DecisionReason.Deadline);
        }

        var turn = ShorterThan(next, here, now) ?? next;
        if (held.TryGetValue(here.Worker.Id, out var mine) && mine.Min is { } warm
            && warm.Level == lane.Level && !IsMuchShorter(turn, warm.Entry.Cost) && MayOvertake(warm, next, here, WarmSlack, now))
        {
            return new(warm, DecisionReason.HoldsLatents);
        }

        if (activeKey is not null && lane.ReadyByKey.TryGetValue(activeKey, out var flows)
            && flows.Min!.JobsByKey[activeKey].Min is { } joining
            && !IsMuchShorter(turn, joining.Entry.Cost) && MayOvertake(joining, next, here, options.ShareSlack, now))
        {
            return new(joining, joining == next ? DecisionReason.Share : DecisionReason.JoinsBatch);
        }

        return new(turn, turn == next ? DecisionReason.Share : DecisionReason.Shorter);
    }

    /// <summary>The job whose turn it is among those for which there is room.</summary>
    private static WaitingJob? Turn(ClassLane lane, Room here)
    {
        if (lane.Next is { } next && here.Fits(next.Jobs.Min!))
        {
            return next.Jobs.Min;
        }

        WaitingJob? best = null;
        foreach (var (key, flows) in lane.ReadyByKey)
        {
            var job = flows.Min!.JobsByKey[key].Min!;
            if (here.Fits(job) && (best is null || Before(job, best)))
            {
                best = job;
            }
        }

        return best;
    }

    private static bool Before(WaitingJob a, WaitingJob b) =>
        a.Flow == b.Flow ? Orders.ByPlace.Compare(a, b) < 0 : Orders.ByTag.Compare(a.Flow, b.Flow) < 0;

    /// <summary>How far ahead the owner of a warm job may be: not so far that it was asked back for that very reason.</summary>
    private TimeSpan WarmSlack => options.ShareSlack < options.YieldSlack ? options.ShareSlack : options.YieldSlack;

    /// <summary>Whether a job may be served although another's turn has come: within the slack of shares and of its owner's order.</summary>
    private bool MayOvertake(WaitingJob job, WaitingJob turn, Room here, TimeSpan slack, TimeSpan now)
    {
        if (job == turn)
        {
            return true;
        }

        if (job.Flow.Parked || !here.Fits(job) || job.Flow.Tag > turn.Flow.Tag + slack.TotalSeconds)
        {
            return false;
        }

        var older = job.Flow.Jobs.Min!;
        if (older == job)
        {
            return true;
        }

        older.PassedSince ??= now;
        return now - older.PassedSince <= options.KeySlack;
    }

    private bool IsAtRisk(WaitingJob job, TimeSpan now) =>
        job.Deadline - now < DeadlineOf(job.Entry.Class) / 4;

    /// <summary>
    /// Whether the worker is to take nothing until a job fits whose turn it has been for long: big jobs, and those that run
    /// alone, would otherwise wait for ever behind small ones.
    /// </summary>
    private bool KeepsRoomFor(WaitingJob job, Room here, TimeSpan now)
    {
        if (here.Fits(job) || job.TooBigFor?.Contains(here.Worker.Id) == true)
        {
            return false;
        }

        if (here.Empty)
        {
            (job.TooBigFor ??= []).Add(here.Worker.Id);
            return false;
        }

        if (job.BlockedSince is null)
        {
            job.BlockedSince = now;
            var why = job.Entry.Alone ? DecisionReason.NeedsEmptyWorker : DecisionReason.NoRoom;
            log.Add(now, job.Entry.JobId, why, here.Worker.Id, now - job.Since);
        }

        if (job.KeptBy is not null || now - job.BlockedSince < options.RoomPatience)
        {
            return false;
        }

        Keep(here.Worker, job);
        log.Add(now, job.Entry.JobId, DecisionReason.RoomKept, here.Worker.Id, now - job.Since);
        return true;
    }

    private static void Keep(WorkerState worker, WaitingJob? job)
    {
        if (worker.KeptFor is { } former)
        {
            former.KeptBy = null;
        }

        worker.KeptFor = job;
        if (job is not null)
        {
            job.KeptBy = worker;
        }
    }

    private readonly record struct Choice(WaitingJob Job, DecisionReason Reason);
}
