namespace SoraCluster.Simulation;

/// <summary>How bad the world of one seed is. Each kind of fault is absent in some seeds, so that kinds are met alone and together.</summary>
public sealed record FaultPlan
{
    /// <summary>Chance that a message between worker and node is lost, either way.</summary>
    public double Loss { get; init; }

    /// <summary>Chance that it arrives twice, the second time up to <see cref="Lag"/> later.</summary>
    public double Duplication { get; init; }

    /// <summary>Longest delay of a message; messages overtake each other.</summary>
    public TimeSpan Lag { get; init; } = TimeSpan.FromMilliseconds(20);

    /// <summary>Longest time that storing takes.</summary>
    public TimeSpan Disk { get; init; } = TimeSpan.FromMilliseconds(5);

    /// <summary>Chance that storing fails, before or after it took effect.</summary>
    public double DiskFailure { get; init; }

    /// <summary>Chance that an artifact lies there in part while it is written: what a kill or a failure in the middle leaves behind.</summary>
    public double Torn { get; init; }

    /// <summary>Chance that an artifact is read with a bit changed.</summary>
    public double Rot { get; init; }

    /// <summary>Mean number of happenings between kills of nodes; zero for none.</summary>
    public int NodeKills { get; init; }

    /// <summary>Mean number of happenings between kills of workers; zero for none.</summary>
    public int WorkerKills { get; init; }

    /// <summary>Mean time between workers that are stopped as Ctrl-C does; zero for none.</summary>
    public TimeSpan WorkerStops { get; init; }

    /// <summary>Mean time between jumps of a node's wall clock by up to an hour, either way; zero for none.</summary>
    public TimeSpan ClockJumps { get; init; }

    /// <summary>Nodes; with more than one, an entity moves when nodes come and go, and old activations are still there.</summary>
    public int Nodes { get; init; } = 1;

    /// <summary>Share of jobs that kill whatever runs them.</summary>
    public double Poison { get; init; }

    public static FaultPlan None { get; } = new();

    public static FaultPlan Draw(Random random) => new()
    {
        Loss = Maybe(random, 0.7) * 0.3,
        Duplication = Maybe(random, 0.6) * 0.3,
        Lag = TimeSpan.FromMilliseconds(20 + (Maybe(random, 0.5) * 12_000)),
        Disk = TimeSpan.FromMilliseconds(5 + (Maybe(random, 0.4) * 5_000)),
        DiskFailure = Maybe(random, 0.6) * 0.15,
        Torn = Maybe(random, 0.5),
        Rot = Maybe(random, 0.2) * 0.1,
        NodeKills = random.Next(3) == 0 ? 0 : 100 + random.Next(1500),
        WorkerKills = random.Next(3) == 0 ? 0 : 100 + random.Next(1500),
        WorkerStops = TimeSpan.FromSeconds(random.Next(3) != 0 ? 0 : 5 + random.Next(40)),
        ClockJumps = TimeSpan.FromSeconds(random.Next(3) != 0 ? 0 : 5 + random.Next(40)),
        Nodes = 1 + random.Next(3),
        Poison = Maybe(random, 0.4) * 0.3,
    };

    private static double Maybe(Random random, double probability) => random.NextDouble() < probability ? random.NextDouble() : 0;
}
