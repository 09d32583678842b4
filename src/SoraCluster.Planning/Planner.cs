using System.Globalization;
using SoraCluster.Planning.Policies;
using SoraCluster.Planning.Workload;

namespace SoraCluster.Planning;

/// <summary>
/// Plays a load through a cluster in virtual time, with the scheduler that the step queue runs on. Time passes by the pass: jobs
/// report after each quantum and yield there, a little later than real ones, which report after each step; nothing fails.
/// </summary>
public sealed class Planner
{
    private readonly PlanOptions options;
    private readonly IPlanPolicy policy;
    private readonly PriorityQueue<(PlanWorker Worker, int Plan), (long Time, long Order)> due = new();
    private readonly Stack<PlanWorker> idle = new();
    private readonly Queue<PlanWorker> roomy = new();
    private readonly PlanReport report;
    private TimeSpan now;
    private long order;

    private Planner(PlanOptions options)
    {
        this.options = options.Checked();
        policy = options.Policy is Policy.StepQueue ? new StepQueuePolicy(options.Queues) : new FirstComePolicy();
        report = new(options.Workers);
        var seats = options.Policy is Policy.StepQueue ? options.Seats : 1;
        for (var i = options.Workers - 1; i >= 0; i--)
        {
            idle.Push(new(string.Create(CultureInfo.InvariantCulture, $"w{i}"), seats) { ListedIdle = true });
        }
    }

    /// <returns>How long jobs waited, and what the devices did.</returns>
    /// <exception cref="System.ComponentModel.DataAnnotations.ValidationException">An option is out of range; names it.</exception>
    public static PlanReport Run(PlanOptions options, IEnumerable<Arrival> arrivals, CancellationToken cancellation = default)
    {
        var plan = new Planner(options);
        plan.Run(arrivals, cancellation);
        return plan.report;
    }

    private void Run(IEnumerable<Arrival> arrivals, CancellationToken cancellation)
    {
        using var coming = arrivals.GetEnumerator();
        var more = coming.MoveNext();
        var jobs = 0;
        while ((more || due.Count > 0) && now < options.Until)
        {
            if (more && (!due.TryPeek(out _, out var next) || coming.Current.At.Ticks <= next.Time))
            {
                cancellation.ThrowIfCancellationRequested();
                now = coming.Current.At;
                policy.Submit(new(string.Create(CultureInfo.InvariantCulture, $"j{jobs++}"), coming.Current), now);
                more = coming.MoveNext();
                Wake();
                continue;
            }

            due.TryDequeue(out var turn, out var key);
            if (turn.Plan == turn.Worker.Plan)
            {
                now = new(key.Time);
                LookUp(turn.Worker);
            }
        }

        report.Ends(now);
    }

    /// <summary>Somebody with room takes what waits: one who runs nothing, or else one after the other of those who do.</summary>
    private void Wake()
    {
        while (policy.Waiting > 0 && idle.TryPop(out var worker))
        {
            worker.ListedIdle = false;
            Fill(worker);
            if (worker.Held.Count == 0)
            {
                List(worker);
                return;
            }

            Begin(worker);
            List(worker);
        }

        for (var tries = roomy.Count; policy.Waiting > 0 && tries > 0 && roomy.TryDequeue(out var worker); tries--)
        {
            worker.ListedRoomy = false;
            if (worker.Held.Count == 0)
            {
                // Since it was listed it has run out of work, and stands among the others.
                continue;
            }

            var had = worker.Held.Count;
            Fill(worker);
            if (worker.Held.Count > had)
            {
                LookUpAtNextBoundary(worker);
            }

            List(worker);
        }
    }

    /// <summary>The passes that were planned are done, or others join: those that are done count, and the next are planned.</summary>
    private void LookUp(PlanWorker worker)
    {
        Count(worker);
        foreach (var job in worker.Batch)
        {
            if (job.Remaining == 0)
            {
                worker.Held.Remove(job);
                policy.End(job, now);
                report.Ended(job, now);
            }
            else if (job.QuantumLeft == 0 && policy.Report(job, now))
            {
                worker.Held.Remove(job);
                job.Yields++;
                policy.GiveBack(job, now);
            }
            else if (job.QuantumLeft == 0)
            {
                job.QuantumLeft = job.Quantum;
            }
        }

        Fill(worker);
        if (worker.Held.Count > 0)
        {
            Begin(worker);
        }

        List(worker);
    }

    private void Count(PlanWorker worker)
    {
        var seconds = worker.PassTime.TotalSeconds * worker.Passes / worker.Batch.Count;
        foreach (var job in worker.Batch)
        {
            job.Remaining -= worker.Passes;
            job.QuantumLeft -= worker.Passes;
            job.Charged += seconds;
            report.Served(job, seconds);
        }
    }

    private void Fill(PlanWorker worker)
    {
        while (worker.Free > 0 && policy.Waiting > 0 && policy.Pull(worker, now) is { Count: > 0 } jobs)
        {
            foreach (var job in jobs)
            {
                worker.Delay += job.Started is null ? TimeSpan.Zero : options.Resume;
                job.Charged = worker.Held.Count == 0 ? 0 : worker.Held.Min(other => other.Charged);
                job.Worker = worker;
                worker.Held.Add(job);
            }
        }
    }

    private void Begin(PlanWorker worker)
    {
        worker.ChooseBatch();
        var seconds = worker.Batch[0].Arrival.SecondsPerStep;
        var passes = worker.Batch.Count == worker.Held.Count ? int.MaxValue : 1;
        worker.Began = now + worker.Delay;
        worker.Delay = TimeSpan.Zero;
        foreach (var job in worker.Batch)
        {
            job.Started ??= worker.Began;
            passes = Math.Min(passes, Math.Min(job.Remaining, job.QuantumLeft));
        }

        worker.PassTime = TimeSpan.FromSeconds(seconds * (options.SharedPart + ((1 - options.SharedPart) * worker.Batch.Count)));
        Plan(worker, passes);
    }

    /// <summary>Who joins does so when the pass under way is done.</summary>
    private void LookUpAtNextBoundary(PlanWorker worker)
    {
        var gone = (now - worker.Began) / worker.PassTime;
        Plan(worker, Math.Clamp((int)Math.Ceiling(gone), 1, worker.Passes));
    }

    private void Plan(PlanWorker worker, int passes)
    {
        worker.Passes = passes;
        worker.Plan++;
        due.Enqueue((worker, worker.Plan), ((worker.Began + (passes * worker.PassTime)).Ticks, order++));
    }

    private void List(PlanWorker worker)
    {
        if (worker.Held.Count == 0 && !worker.ListedIdle)
        {
            worker.ListedIdle = true;
            idle.Push(worker);
        }
        else if (worker.Held.Count > 0 && worker.Free > 0 && !worker.ListedRoomy)
        {
            worker.ListedRoomy = true;
            roomy.Enqueue(worker);
        }
    }
}
