using SoraCluster.Domain.Jobs;
using SoraCluster.Domain.Steps;

namespace SoraCluster.Worker.Tests.Fakes;

/// <summary>
/// A queue and its jobs in a few lines: issues tokens, fences what comes under old ones, remembers every report. A test can
/// script the directives, and hold up or lose calls.
/// </summary>
internal sealed class FakeQueue : IStepSource
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, FakeJob> jobs = [];
    private readonly List<string> line = [];
    private TaskCompletionSource changed = New();

    public int Quantum { get; set; } = 1000;

    public TimeSpan ExpiresIn { get; set; } = TimeSpan.FromMinutes(5);

    public List<PullRequest> Pulls { get; } = [];

    public int CancelledPulls { get; private set; }

    public List<LeaseReport> Reports { get; } = [];

    /// <summary>What a held lease hears; Continue by default, null for no answer about it.</summary>
    public Func<LeaseReport, Directive?> Answer { get; set; } = _ => Directive.Continue;

    /// <summary>Runs before a report is taken in: throws to lose it, waits to delay it.</summary>
    public Func<WorkerReport, Task> OnReport { get; set; } = _ => Task.CompletedTask;

    /// <summary>Runs after a report was taken in and before it is answered: throws to lose the answer.</summary>
    public Action<WorkerReport> OnAnswer { get; set; } = _ => { };

    public Func<PullRequest, Task> OnPull { get; set; } = _ => Task.CompletedTask;

    public FakeJob this[string id]
    {
        get
        {
            lock (gate)
            {
                return jobs[id];
            }
        }
    }

    public void Submit(JobSpec spec, string? checkpoint = null, int firstStep = 0, bool alone = false)
    {
        lock (gate)
        {
            jobs[spec.Id] = new FakeJob(spec) { Checkpoint = checkpoint, CheckpointStep = firstStep, Alone = alone };
            line.Add(spec.Id);
            Changed();
        }
    }

    /// <summary>Takes a lease away, as when it ran out; the job goes back in line.</summary>
    public void Expire(string id)
    {
        lock (gate)
        {
            jobs[id].Holder = null;
            line.Add(id);
            Changed();
        }
    }

    public void Cancel(string id)
    {
        lock (gate)
        {
            jobs[id].End = "cancelled";
            jobs[id].Holder = null;
            Changed();
        }
    }

    /// <summary>Returns when what is asked for has come true; looked at after every call of a worker.</summary>
    public async Task UntilAsync(Func<bool> condition)
    {
        while (true)
        {
            Task next;
            lock (gate)
            {
                if (condition())
                {
                    return;
                }

                next = changed.Task;
            }

            await next.WaitAsync(Rig.Patience);
        }
    }

    public Task UntilEndedAsync(string id) => UntilAsync(() => jobs[id].End is not null);

    public async Task<PullAnswer> PullAsync(PullRequest request, CancellationToken cancellation)
    {
        await OnPull(request);
        lock (gate)
        {
            Pulls.Add(request);
            Changed();
        }

        while (true)
        {
            Task next;
            lock (gate)
            {
                var leases = Take(request);
                if (leases.Count > 0)
                {
                    Changed();
                    return new PullAnswer(leases);
                }

                next = changed.Task;
            }

            try
            {
                await next.WaitAsync(cancellation);
            }
            catch (OperationCanceledException)
            {
                lock (gate)
                {
                    CancelledPulls++;
                    Changed();
                }

                throw;
            }
        }
    }

    public async Task<ReportAnswer> ReportAsync(WorkerReport report, CancellationToken cancellation)
    {
        await OnReport(report);
        List<LeaseDirective> directives;
        lock (gate)
        {
            Reports.AddRange(report.Leases);
            directives = [.. report.Leases.Select(TakeIn).OfType<LeaseDirective>()];
            Changed();
        }

        OnAnswer(report);
        return new ReportAnswer(directives);
    }

    private List<Lease> Take(PullRequest request)
    {
        var leases = new List<Lease>();
        while (line.Count > 0 && leases.Count < request.Free)
        {
            var job = jobs[line[0]];
            line.RemoveAt(0);
            if (job.End is null)
            {
                job.Token++;
                job.Holder = request.WorkerId;
                var entry = new QueueEntry(
                    job.Spec.Id, job.Spec.Owner, job.Spec.Pack, "?", job.Spec.Class, default, job.Spec.Steps, 0.01 * job.Spec.Steps);
                leases.Add(new Lease(
                    new LeaseGrant(job.Spec, job.Token, job.CheckpointStep, job.Checkpoint, job.Alone), entry, Quantum, ExpiresIn));
            }
        }

        return leases;
    }

    private LeaseDirective? TakeIn(LeaseReport report)
    {
        var job = jobs[report.JobId];
        if (job.End is not null || job.Holder is null || job.Token != report.Token)
        {
            return new LeaseDirective(report.JobId, report.Token, Directive.Stop);
        }

        if (Answer(report) is not { } directive)
        {
            return null;
        }

        var over = job.TakeIn(report);
        if (report.Release is not null && job.End is null)
        {
            line.Add(job.Spec.Id);
        }

        return new LeaseDirective(report.JobId, report.Token, over ? Directive.Stop : directive);
    }

    private void Changed()
    {
        changed.TrySetResult();
        changed = New();
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
