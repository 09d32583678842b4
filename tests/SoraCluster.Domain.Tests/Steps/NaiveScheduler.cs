using SoraCluster.Domain.Steps;

namespace SoraCluster.Domain.Tests.Steps;

/// <summary>
/// What the scheduler is to do, in lists and loops: classes with ageing, owners by start-time fair queueing, each owner's jobs in
/// order. Without slack for batches, warm latents, deadlines and short jobs, the choice is fully determined, and the two must agree on it.
/// </summary>
internal sealed class NaiveScheduler(QueueOptions options)
{
    private readonly List<Job> waiting = [];
    private readonly Dictionary<(ServiceClass Level, string Owner), double> tags = [];
    private readonly Dictionary<string, Job> running = [];
    private readonly Dictionary<ServiceClass, double> virtualTimes = [];
    private readonly Dictionary<(ServiceClass, string), long> flowOrder = [];
    private long sequence;

    public IEnumerable<string> Waiting => waiting.Select(j => j.Entry.JobId);

    public IEnumerable<string> Running => running.Keys;

    public void Announce(QueueEntry entry, TimeSpan now)
    {
        var job = new Job(entry, now, sequence++) { Level = entry.Class };
        Enter(job);
    }

    public string? Pull(TimeSpan now)
    {
        Age(now);
        foreach (var level in Enum.GetValues<ServiceClass>())
        {
            var owners = waiting.Where(j => j.Level == level)
                .GroupBy(j => j.Entry.Owner)
                .Where(g => running.Values.Count(r => r.Entry.Owner == g.Key) < options.MaxRunningPerUser)
                .OrderBy(g => tags[(level, g.Key)]).ThenBy(g => flowOrder[(level, g.Key)]).ToArray();
            if (owners.Length == 0)
            {
                continue;
            }

            var job = owners[0].OrderBy(j => j.Since).ThenBy(j => j.Sequence).First();
            Reach(level, tags[(level, job.Entry.Owner)]);
            waiting.Remove(job);
            running.Add(job.Entry.JobId, job);
            Charge(job, Math.Min(job.Remaining, Quantum(job)));
            return job.Entry.JobId;
        }

        return null;
    }

    public void Finish(string jobId)
    {
        var job = running[jobId];
        var unpaid = job.Remaining - job.Prepaid;
        if (unpaid > 0 && !AnyoneReady(job.Level))
        {
            Reach(job.Level, tags[(job.Level, job.Entry.Owner)]);
        }

        running.Remove(jobId);

        // Everything that was left has run: what was not paid in advance is charged.
        tags[(job.Level, job.Entry.Owner)] += unpaid * job.Entry.CostPerStep / job.Entry.Weight;
        Forget(job.Level);
    }

    private void Enter(Job job)
    {
        var flow = (job.Level, job.Entry.Owner);
        var time = virtualTimes.GetValueOrDefault(job.Level);
        if (!tags.TryGetValue(flow, out var tag))
        {
            tags[flow] = time;
            flowOrder[flow] = sequence++;
        }
        else if (!waiting.Exists(j => j.Level == job.Level && j.Entry.Owner == job.Entry.Owner))
        {
            tags[flow] = Math.Max(tag, time);
        }

        waiting.Add(job);
    }

    private void Age(TimeSpan now)
    {
        foreach (var (from, after) in new[]
        {
            (ServiceClass.Relaxed, options.RelaxedAges), (ServiceClass.Standard, TimeSpan.Zero),
        })
        {
            foreach (var job in waiting.Where(j => j.Level == from).OrderBy(j => AgesAt(j, after)).ThenBy(j => j.Sequence).ToArray())
            {
                if (AgesAt(job, after) <= now)
                {
                    waiting.Remove(job);
                    Forget(job.Level);
                    job.Level = from - 1;
                    Enter(job);
                }
            }
        }
    }

    private TimeSpan AgesAt(Job job, TimeSpan relaxed) => job.Since + (job.Level, job.Entry.Class) switch
    {
        (ServiceClass.Relaxed, _) => relaxed,
        (_, ServiceClass.Relaxed) => options.RelaxedAges + options.StandardAges,
        _ => options.StandardAges,
    };

    private void Charge(Job job, int steps)
    {
        // With nobody left in line, what is charged is held against nobody.
        var flow = (job.Level, job.Entry.Owner);
        if (!AnyoneReady(job.Level))
        {
            Reach(job.Level, tags[flow]);
        }

        tags[flow] += steps * job.Entry.CostPerStep / job.Entry.Weight;
        job.Prepaid = steps;
    }

    private bool AnyoneReady(ServiceClass level) => waiting.Where(j => j.Level == level)
        .Any(j => running.Values.Count(r => r.Entry.Owner == j.Entry.Owner) < options.MaxRunningPerUser);

    private void Reach(ServiceClass level, double tag)
    {
        virtualTimes[level] = Math.Max(virtualTimes.GetValueOrDefault(level), tag);
        Forget(level);
    }

    private void Forget(ServiceClass level)
    {
        foreach (var flow in tags.Keys.Where(k => k.Level == level).ToArray())
        {
            if (tags[flow] <= virtualTimes.GetValueOrDefault(level)
                && !waiting.Exists(j => j.Level == level && j.Entry.Owner == flow.Owner)
                && !running.Values.Any(j => j.Level == level && j.Entry.Owner == flow.Owner))
            {
                tags.Remove(flow);
                flowOrder.Remove(flow);
            }
        }
    }

    private int Quantum(Job job) => (int)Math.Clamp(options.Quantum.TotalSeconds / job.Entry.CostPerStep, 1, job.Entry.Steps);

    private sealed class Job(QueueEntry entry, TimeSpan since, long sequence)
    {
        public QueueEntry Entry { get; } = entry;
        public TimeSpan Since { get; } = since;
        public long Sequence { get; } = sequence;
        public ServiceClass Level { get; set; }
        public int Remaining { get; } = entry.Steps;
        public int Prepaid { get; set; }
    }
}
