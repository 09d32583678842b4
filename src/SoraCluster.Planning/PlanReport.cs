using SoraCluster.Domain.Steps;

namespace SoraCluster.Planning;

/// <summary>What a plan showed.</summary>
public sealed class PlanReport
{
    private readonly SortedDictionary<(ServiceClass, string), Waits> groups = [];
    private readonly Dictionary<string, double> served = [];

    internal PlanReport(int workers) => Workers = workers;

    public int Workers { get; }

    /// <summary>Jobs that were done.</summary>
    public int Jobs { get; private set; }

    public long Yields { get; private set; }

    /// <summary>When the last job was done.</summary>
    public TimeSpan Makespan { get; private set; }

    /// <summary>Device seconds that went into steps.</summary>
    public double BusySeconds { get; private set; }

    /// <summary>The part of the time that devices were stepping, 0 to 1.</summary>
    public double Utilization => Makespan > TimeSpan.Zero ? BusySeconds / (Workers * Makespan.TotalSeconds) : 0;

    public double JobsPerSecond => Makespan > TimeSpan.Zero ? Jobs / Makespan.TotalSeconds : 0;

    /// <summary>Waits by class and kind of job.</summary>
    public IReadOnlyDictionary<(ServiceClass Class, string Kind), Waits> Groups => groups;

    /// <summary>
    /// Jain's fairness index over the device seconds that users got (Jain, Chiu and Hawe 1984): 1 when all got the same, 1/n when
    /// one of n got everything.
    /// </summary>
    public double Fairness => served.Count == 0
        ? 1
        : Math.Pow(served.Values.Sum(), 2) / (served.Count * served.Values.Sum(x => x * x));

    public Waits All => Waits.Of(groups.Values);

    /// <summary>The waits of all jobs of a kind, whatever their class.</summary>
    public Waits Of(string kind) => Waits.Of(groups.Where(g => g.Key.Item2 == kind).Select(g => g.Value));

    public Waits Of(ServiceClass @class) => Waits.Of(groups.Where(g => g.Key.Item1 == @class).Select(g => g.Value));

    internal void Served(PlanJob job, double seconds)
    {
        BusySeconds += seconds;
        served[job.Arrival.User] = served.GetValueOrDefault(job.Arrival.User) + seconds;
    }

    internal void Ended(PlanJob job, TimeSpan now)
    {
        Jobs++;
        Yields += job.Yields;
        var arrival = job.Arrival;
        var key = (arrival.Class, arrival.Kind);
        (groups.TryGetValue(key, out var waits) ? waits : groups[key] = new()).Add(
            (job.Started!.Value - arrival.At).TotalSeconds,
            (now - arrival.At).TotalSeconds,
            arrival.Seconds);
    }

    internal void Ends(TimeSpan now) => Makespan = now;
}
