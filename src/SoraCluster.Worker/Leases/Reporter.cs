using Microsoft.Extensions.Logging;
using SoraCluster.Domain.Jobs;
using SoraCluster.Domain.Steps;

namespace SoraCluster.Worker.Leases;

/// <summary>
/// Tells the queue what happens and hears what is wanted. At most one report is on the way; what happens meanwhile goes into
/// the next one, so a slow line means fewer reports, never a step that waits. Mere progress is told no more often than
/// <see cref="WorkerOptions.ReportPause"/> allows. Every report names every lease and so renews it.
/// </summary>
internal sealed partial class Reporter(
    IStepSource source, JobTable table, WorkerOptions options, TimeProvider clock, WorkerInstruments instruments, ILogger logger)
{
    private readonly List<Message> outbox = [];
    private readonly Backoff backoff = new(options.RetryPause, Backoff.SeedOf(options.WorkerId));
    private long answered;

    /// <summary>Notes progress; told with the next report, together with what follows until then.</summary>
    public void Progress(HeldJob job, JobStage stage, double deviceSeconds = 0)
    {
        if (job.Stage != stage)
        {
            job.Stage = stage;
            job.HasUrgentNews = true;
            table.RoomNews.Set();
        }

        job.UntoldSeconds += deviceSeconds;
        job.HasNews = true;
        job.HasUrgentNews |= job.Step >= job.AllowedUntil;
        table.ReportNews.Set();
    }

    /// <summary>Delivers a message that must arrive, however often it has to be sent.</summary>
    /// <returns>
    /// Whether the lease goes on. It never does after a release, a completion or a failure, and whether that was taken in or came
    /// too late makes no difference here: in both cases it is the job that knows how it ended.
    /// </returns>
    public Task<bool> SendAsync(HeldJob job, LeaseReport report)
    {
        var message = new Message(job, report);
        outbox.Add(message);
        table.ReportNews.Set();
        return message.Answered.Task;
    }

    public async Task RunAsync(CancellationToken ended)
    {
        ended.UnsafeRegister(_ => outbox.ForEach(message => message.Answered.TrySetCanceled(ended)), null);
        while (true)
        {
            await (table.Jobs.Count == 0
                ? table.ReportNews.WaitAsync(ended)
                : table.ReportNews.WaitAsync(Heartbeat(), clock, ended));
            await PauseAsync(ended);
            if (table.Jobs.Count > 0 && !await TryExchangeAsync(ended))
            {
                await Task.Delay(backoff.Next(), clock, ended);
                table.ReportNews.Set();
            }
        }
    }

    private TimeSpan Heartbeat()
    {
        var soonest = table.Jobs.Min(job => job.Lease.ExpiresIn) / 3;
        return soonest < options.Heartbeat ? soonest : options.Heartbeat;
    }

    /// <summary>Lets progress gather, but nothing wait that somebody waits for. Timers know no parts of a millisecond.</summary>
    private async Task PauseAsync(CancellationToken ended)
    {
        while (outbox.Count == 0 && !table.Jobs.Any(job => job.HasUrgentNews)
            && options.ReportPause - clock.GetElapsedTime(answered) is { TotalMilliseconds: >= 1 } rest)
        {
            await table.ReportNews.WaitAsync(rest, clock, ended);
        }
    }

    private async Task<bool> TryExchangeAsync(CancellationToken ended)
    {
        var sent = table.Jobs.Select(Compose).ToArray();
        var report = new WorkerReport(options.WorkerId, [.. sent.Select(each => each.Report)]);
        var started = clock.GetTimestamp();
        ReportAnswer answer;
        try
        {
            answer = await source.ReportAsync(report, ended);
        }
        catch (Exception e) when (!ended.IsCancellationRequested)
        {
            instruments.ReportFailures.Add(1);
            ReportFailed(e, sent.Length);
            Array.ForEach(sent, NotHeard);
            return false;
        }

        instruments.ReportDuration.Record(clock.GetElapsedTime(started).TotalSeconds);
        answered = clock.GetTimestamp();
        var heard = true;
        foreach (var each in sent)
        {
            var directive = answer.Directives.FirstOrDefault(d => d.JobId == each.Job.Id && d.Token == each.Job.Token);
            if (directive is null)
            {
                NotHeard(each);
                heard = false;
            }
            else
            {
                Settle(each, directive.Directive);
            }
        }

        if (heard)
        {
            backoff.Reset();
        }

        return heard;
    }

    /// <summary>One entry for each lease, so that its answer can mean only that: the oldest message, or else the progress.</summary>
    private Sent Compose(HeldJob job)
    {
        var message = outbox.Find(each => each.Job == job);
        if (message is not null)
        {
            return new Sent(job, message.Report, job.Step, 0, false, message);
        }

        if (!job.HasNews)
        {
            return new Sent(job, new LeaseReport(job.Id, job.Token), job.Step, 0, false, null);
        }

        var tellWords = job.IsOpen && !job.WordsTold;
        var progress = new StepProgress(
            job.Token, job.Stage, job.Step, job.TotalSteps, job.UntoldSeconds, tellWords ? job.Run.UnknownWords : null);
        job.HasNews = job.HasUrgentNews = false;
        return new Sent(job, new LeaseReport(job.Id, job.Token, progress), job.Step, job.UntoldSeconds, tellWords, null);
    }

    private static void NotHeard(Sent sent) => sent.Job.HasNews |= sent.Report.Progress is not null;

    private void Settle(Sent sent, Directive directive)
    {
        var job = sent.Job;
        job.UntoldSeconds -= sent.Seconds;
        job.WordsTold |= sent.Words;
        if (sent.Message is { } message)
        {
            outbox.Remove(message);
            message.Answered.TrySetResult(directive != Directive.Stop);
        }

        switch (directive)
        {
            case Directive.Continue:
                job.AllowedUntil = Math.Max(job.AllowedUntil, sent.Step + Math.Max(1, job.Lease.Quantum));
                break;
            case Directive.Yield:
                job.Interrupt(Interruption.Yield);
                break;
            case Directive.Stop when sent.Message is null or { Report.Checkpoint: not null }:
                job.Interrupt(Interruption.Lost);
                break;
        }

        table.StepNews.Set();
        if (outbox.Exists(each => each.Job == job) || job.HasNews)
        {
            table.ReportNews.Set();
        }
    }

    private sealed record Sent(HeldJob Job, LeaseReport Report, int Step, double Seconds, bool Words, Message? Message);

    private sealed record Message(HeldJob Job, LeaseReport Report)
    {
        public TaskCompletionSource<bool> Answered { get; } = new();
    }
}
