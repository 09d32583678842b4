using System.ComponentModel.DataAnnotations;

namespace SoraCluster.Domain.Steps;

/// <summary>How work is handed out.</summary>
public sealed record QueueOptions
{
    /// <summary>Queues per pack. Default 1; 1 to 256. Owners are spread over them; workers that find theirs empty ask the others.</summary>
    [Range(1, 256)]
    public int Shards { get; init; } = 1;

    /// <summary>
    /// Device time of a quantum: what a lease runs before it is asked again whether to go on. Default 2 s; 10 ms to 10 min.
    /// At least one step, whatever it costs.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.0100000", "00:10:00")]
    public TimeSpan Quantum { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>A lease runs out after this long in silence, plus <see cref="ExpiryQuanta"/> quanta. Default 15 s; 100 ms to 1 h.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1000000", "01:00:00")]
    public TimeSpan MinExpiry { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How many times the expected duration of its quantum a lease may be silent beyond <see cref="MinExpiry"/>. Default 4; 0 to 100.</summary>
    [Range(0.0, 100.0)]
    public double ExpiryQuanta { get; init; } = 4;

    /// <summary>Waiting this long moves a standard job among the priority ones. Default 10 min; 1 s to 7 days.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "7.00:00:00")]
    public TimeSpan StandardAges { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Waiting this long moves a relaxed job among the standard ones. Default 1 h; 1 s to 7 days.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "7.00:00:00")]
    public TimeSpan RelaxedAges { get; init; } = TimeSpan.FromHours(1);

    /// <summary>
    /// When a priority job should be under way after its submission; null sets none. Default 1 min. Jobs at risk go first, as
    /// far as their owner's share allows.
    /// </summary>
    public TimeSpan? PriorityDeadline { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The same for standard jobs. Default none.</summary>
    public TimeSpan? StandardDeadline { get; init; }

    /// <summary>The same for relaxed jobs. Default none.</summary>
    public TimeSpan? RelaxedDeadline { get; init; }

    /// <summary>Jobs of one user under lease at once, in one queue. Default 1000; 1 to 1,000,000.</summary>
    [Range(1, 1_000_000)]
    public int MaxRunningPerUser { get; init; } = 1000;

    /// <summary>
    /// How far a share may be overdrawn, in device time, to let a job join a running batch, return to the worker that holds its
    /// latents, make its deadline, or go before a much longer one. Default 20 s; 0 to 1 h. More means fuller batches, less means evener shares.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan ShareSlack { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>
    /// How far a running job's owner may be ahead of another of the same class who waits, in device time, before the job is
    /// asked back after its quantum. Default 4 s; 0 to 1 h. Less means shorter waits for short jobs, more means fewer
    /// interruptions.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan YieldSlack { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>
    /// How long the job whose turn it is may be passed over by those of which less than half as much is left. Default 30 s; 0 (never)
    /// to 1 h. More means shorter waits for short jobs; long ones still move up with their class's age.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan ShortSlack { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long a user's older job of another batch key may be passed over by a younger one that joins a batch. Default 10 s;
    /// 0 to 1 h.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan KeySlack { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long the job whose turn it is may find no worker with room enough before one is kept free for it. Default 5 s;
    /// 0 to 1 h.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan RoomPatience { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>A job that could not be acquired (its storage failed) is offered again after this long. Default 1 s; 0 to 1 h.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan RetryAfter { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Decisions kept to explain waits, per queue. Default 1024; 0 to 1,000,000.</summary>
    [Range(0, 1_000_000)]
    public int DecisionsKept { get; init; } = 1024;
}
