namespace SoraCluster.Domain.Steps.Scheduling;

/// <summary>What becomes of the leases that are out.</summary>
public sealed partial class StepScheduler
{
    /// <summary>The job has issued a token for what was offered.</summary>
    public void Grant(string jobId, long token) => leases[jobId].Token = token;

    /// <summary>What was offered cannot run; with <paramref name="retry"/> it is offered again after a while.</summary>
    public void Refuse(string jobId, bool retry, TimeSpan now)
    {
        var lease = leases[jobId];
        End(lease);
        if (retry)
        {
            var again = new WaitingJob(lease.Entry, lease.Since, sequence++);
            delayed[jobId] = again;
            delays.Enqueue(again, now + options.RetryAfter);
            log.Add(now, jobId, DecisionReason.Unreachable, lease.Worker.Id, now - lease.Since);
        }
    }

    /// <summary>News of a lease that its job has confirmed: it lives on.</summary>
    /// <param name="remaining">Denoising steps still to run; null when the news does not say.</param>
    /// <returns>Whether to go on or to give the job back.</returns>
    public Directive Report(string workerId, string jobId, long token, int? remaining, TimeSpan now)
    {
        var worker = Seen(workerId, now, itself: true);
        if (!leases.TryGetValue(jobId, out var lease) || lease.Token != token)
        {
            // A lease from before this queue was activated: it is adopted when the job announces itself.
            return draining.Contains(workerId) ? Directive.Yield : Directive.Continue;
        }

        Extend(lease, now);
        var quantumDone = Advance(lease, remaining ?? lease.Remaining);
        if (!lease.YieldAsked && (draining.Contains(worker.Id) || ShouldYield(lease, quantumDone, now)))
        {
            lease.YieldAsked = true;
            yielding++;
            log.Add(now, jobId, DecisionReason.Yield, worker.Id, TimeSpan.Zero);
        }

        return lease.YieldAsked ? Directive.Yield : Directive.Continue;
    }

    /// <summary>The lease is over: the job was given back or has ended.</summary>
    public void End(string jobId, long token)
    {
        if (leases.TryGetValue(jobId, out var lease) && lease.Token == token)
        {
            End(lease);
        }
    }

    /// <summary>Takes out the leases that were silent for too long, and forgets workers that were.</summary>
    public IReadOnlyList<ExpiredLease> TakeExpired(TimeSpan now)
    {
        var expired = new List<ExpiredLease>();
        while (byExpiry.Min is { } lease && lease.ExpiresAt <= now)
        {
            var lives = lease.Worker.LastHeard > lease.HeardAt && now - lease.Worker.LastHeard < options.MinExpiry / 2;
            expired.Add(new(lease.Entry.JobId, lease.Token, lease.Worker.Id, lives));
            End(lease);
            log.Add(now, lease.Entry.JobId, DecisionReason.Expired, lease.Worker.Id, TimeSpan.Zero);
        }

        foreach (var silent in workers.Values.Where(w => w.Leases.Count == 0 && now - w.LastSeen > 2 * options.MinExpiry).ToArray())
        {
            SetRoom(silent, 0, null);
            Keep(silent, null);
            workers.Remove(silent.Id);
        }

        return expired;
    }

    private LeaseState LeaseOut(WaitingJob job, WorkerState worker, DecisionReason reason, TimeSpan now)
    {
        var flow = job.Flow;
        flow.Lane.Hire(flow);
        var lease = Track(job, worker, flow, now);
        lease.Prepaid = Math.Min(lease.Remaining, lease.Quantum(options));
        Dequeue(job, lease.Prepaid * job.Entry.CostPerStep);
        SetRoom(worker, worker.Free - 1, worker.FreeCost - job.Entry.CostPerStep);
        log.Add(now, job.Entry.JobId, reason, worker.Id, now - job.Since);
        return lease;
    }

    /// <summary>
    /// Takes over a lease from before this queue was activated. Its worker's silence goes on counting, or dead workers' leases would
    /// begin anew with each activation; but it gets time to be heard here, half an expiry.
    /// </summary>
    private void Adopt(WaitingJob job, string workerId, TimeSpan now, TimeSpan silent)
    {
        if (!workers.TryGetValue(workerId, out var worker))
        {
            // Not heard from yet: known, so that its leases can run out, but not seen.
            worker = workers[workerId] = new(workerId) { LastSeen = now };
        }

        var flow = lanes[(int)job.Level].FlowOf(job.Entry.Owner, IsAtLimit(job.Entry.Owner));
        flow.Lane.Hire(flow);
        var lease = Track(job, worker, flow, now);
        lease.Token = job.Entry.Token;
        var left = ExpiryOf(lease) - silent;
        Expire(lease, now + (left > options.MinExpiry / 2 ? left : options.MinExpiry / 2));
    }

    private LeaseState Track(WaitingJob job, WorkerState worker, ShareFlow flow, TimeSpan now)
    {
        var lease = new LeaseState(job, worker, flow, now, sequence++);
        leases.Add(job.Entry.JobId, lease);
        SetRoom(worker, worker.Free, worker.FreeCost, () => worker.Leases.Add(lease));
        Extend(lease, now);
        var count = running[job.Entry.Owner] = running.GetValueOrDefault(job.Entry.Owner) + 1;
        if (count == options.MaxRunningPerUser)
        {
            Park(job.Entry.Owner, true);
        }

        return lease;
    }

    private void End(LeaseState lease)
    {
        leases.Remove(lease.Entry.JobId);
        byExpiry.Remove(lease);
        var worker = lease.Worker;
        SetRoom(worker, worker.Free + 1, worker.FreeCost + lease.Entry.CostPerStep, () => worker.Leases.Remove(lease));
        yielding -= lease.YieldAsked ? 1 : 0;
        lease.Flow.Leases--;
        lease.Flow.Lane.Charge(lease.Flow, -lease.Prepaid * lease.Entry.CostPerStep);
        var owner = lease.Entry.Owner;
        var count = running[owner] - 1;
        _ = count == 0 ? running.Remove(owner) : (running[owner] = count) > 0;
        if (count == options.MaxRunningPerUser - 1)
        {
            Park(owner, false);
        }
    }

    private void Park(string owner, bool park)
    {
        foreach (var lane in lanes)
        {
            if (lane.Find(owner) is { } flow)
            {
                lane.Park(flow, park);
            }
        }
    }

    private void Extend(LeaseState lease, TimeSpan now)
    {
        lease.HeardAt = now;
        Expire(lease, now + ExpiryOf(lease));
    }

    private void Expire(LeaseState lease, TimeSpan at)
    {
        byExpiry.Remove(lease);
        lease.ExpiresAt = at;
        byExpiry.Add(lease);
    }

    /// <returns>True when a quantum has ended with this.</returns>
    private bool Advance(LeaseState lease, int remaining)
    {
        var done = Math.Max(0, lease.Remaining - Math.Max(0, remaining));
        lease.Remaining -= done;
        lease.Prepaid -= done;
        if (lease.Prepaid > 0 || lease.Remaining == 0)
        {
            return false;
        }

        Prepay(lease);
        return lease.Done >= lease.Quantum(options);
    }

    private void Prepay(LeaseState lease)
    {
        var overrun = -Math.Min(0, lease.Prepaid);
        var steps = Math.Min(lease.Remaining, lease.Quantum(options)) + overrun;
        lease.Prepaid += steps;
        lease.Flow.Lane.Charge(lease.Flow, steps * lease.Entry.CostPerStep);
    }

    private TimeSpan ExpiryOf(LeaseState lease) => options.MinExpiry
        + TimeSpan.FromSeconds(options.ExpiryQuanta * lease.Quantum(options) * lease.Entry.CostPerStep);

    private WorkerState Seen(string workerId, TimeSpan now, bool itself)
    {
        var worker = workers.TryGetValue(workerId, out var known) ? known : workers[workerId] = new(workerId);
        worker.LastSeen = now;
        worker.LastHeard = itself ? now : worker.LastHeard;
        return worker;
    }

    private void SetRoom(WorkerState worker, int free, double? freeCost, Action? change = null)
    {
        room -= worker.Room;
        worker.Free = free;
        worker.FreeCost = freeCost;
        change?.Invoke();
        room += worker.Room;
    }
}
