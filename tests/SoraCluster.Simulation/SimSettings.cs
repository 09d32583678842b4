using SoraCluster.Domain.Jobs;
using SoraCluster.Domain.Steps;
using SoraCluster.Domain.Users;

namespace SoraCluster.Simulation;

/// <summary>The size of the world of one seed, and the options that its cluster runs with.</summary>
public sealed record SimSettings
{
    public int Users { get; init; } = 3;

    /// <summary>At most; each seed draws its own number.</summary>
    public int MaxJobs { get; init; } = 8;

    /// <summary>Most steps of a job.</summary>
    public int MaxSteps { get; init; } = 16;

    public int MaxWorkers { get; init; } = 3;

    /// <summary>Jobs that a worker runs at once.</summary>
    public int Room { get; init; } = 3;

    /// <summary>Steps between checkpoints: what a lost worker may cost at most.</summary>
    public int CheckpointEvery { get; init; } = 5;

    /// <summary>How long every other worker lets mere progress wait; the others tell every step.</summary>
    public TimeSpan ReportPause { get; init; } = TimeSpan.FromMilliseconds(400);

    /// <summary>Over how long jobs arrive, and faults happen.</summary>
    public TimeSpan Trouble { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long it goes on after that in any case: late messages arrive and change nothing.</summary>
    public TimeSpan Settling { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>The longest that a job may wait for a worker once nothing fails any more.</summary>
    public TimeSpan LongestWait { get; init; } = TimeSpan.FromMinutes(4);

    /// <summary>How long after the last fault everything must be at rest.</summary>
    public TimeSpan Healing { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>Told of every durable change and every death, for those who look into a seed.</summary>
    public Action<string>? Show { get; init; }

    /// <summary>How bad the world of a seed is.</summary>
    public Func<Random, FaultPlan> Faults { get; init; } = FaultPlan.Draw;

    /// <summary>A known bug to plant, to see that the checks find it.</summary>
    public PlantedBug Bug { get; init; }

    public QuotaOptions Quotas { get; init; } = new() { Limit = 4 };
    public JobOptions JobRules { get; init; } = new();
    public QueueOptions Queues { get; init; } = new() { Quantum = TimeSpan.FromSeconds(1), MinExpiry = TimeSpan.FromSeconds(8) };
    public SweepOptions Sweep { get; init; } = new() { Period = TimeSpan.FromSeconds(15) };
}
