using SoraCluster.Domain.Steps;
using SoraCluster.Domain.Steps.Scheduling;

namespace SoraCluster.Domain.Tests.Steps;

/// <summary>A scheduler with a clock that a test sets, and workers that do as they are told.</summary>
public abstract class StepSchedulerFixture
{
    private protected static readonly DateTimeOffset Noon = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);
    private protected StepScheduler scheduler = new(new());
    private protected TimeSpan now;
    private protected long tokens;

    protected bool Announce(
        string id, string owner = "ann", ServiceClass @class = ServiceClass.Standard, string key = "k", int steps = 20,
        double cost = 0.1, bool alone = false, string? heldBy = null, long token = 0, bool leased = false, double weight = 1) =>
        scheduler.Announce(
            new(id, owner, "tiny", key, @class, Noon, steps, steps * cost, alone, heldBy, token, leased, weight), now, TimeSpan.Zero);

    protected List<string> Pull(string worker = "w1", int free = 1, string? activeKey = null, double? freeCost = null)
    {
        var offers = scheduler.Pull(Request(worker, free, activeKey, freeCost), now);
        foreach (var offer in offers)
        {
            issued[offer.Entry.JobId] = (worker, ++tokens);
            scheduler.Grant(offer.Entry.JobId, tokens);
        }

        return [.. offers.Select(o => o.Entry.JobId)];
    }

    private protected readonly Dictionary<string, (string Worker, long Token)> issued = [];

    protected Directive Report(string job, int remaining) =>
        scheduler.Report(issued[job].Worker, job, issued[job].Token, remaining, now);

    protected IReadOnlyList<string> Finish(IReadOnlyList<string> jobs)
    {
        foreach (var job in jobs)
        {
            scheduler.End(job, issued[job].Token);
        }

        return jobs;
    }

    protected IReadOnlyList<string> RunToEnd(IReadOnlyList<string> jobs)
    {
        foreach (var job in jobs)
        {
            Report(job, 0);
        }

        return Finish(jobs);
    }

    protected static PullRequest Request(string worker, int free, string? activeKey, double? freeCost) =>
        new(worker, ["tiny"], free, activeKey, freeCost, TimeSpan.Zero);
}
