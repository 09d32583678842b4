using System.ComponentModel.DataAnnotations;

namespace SoraCluster.Worker;

/// <summary>How a worker shares its device, how often it saves, and how long it tries. Checked by <see cref="WorkerLoop"/>.</summary>
public sealed record WorkerOptions
{
    /// <summary>For <see cref="ReportPause"/> where others pay for a report, too: 20 ms, which nobody who watches will notice.</summary>
    public static readonly TimeSpan NetworkReportPause = TimeSpan.FromMilliseconds(20);

    /// <summary>Who it is: stable for the life of the process and never used again after it. No default.</summary>
    [Required, RegularExpression("^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$")]
    public required string WorkerId { get; init; }

    /// <summary>The most jobs that are denoised at the same time. Default 8; 1 to 256.</summary>
    [Range(1, 256)]
    public int MaxJobs { get; init; } = 8;

    /// <summary>
    /// Device time that one step of everything in hand may take: rows join a batch, and jobs are pulled, as long as the measured
    /// <see cref="Costs.CostProfile"/> expects less. A job whose own step takes longer runs alone. Default 1 s; 1 ms to 10 min.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:10:00", ParseLimitsInInvariantCulture = true)]
    public TimeSpan StepBudget { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// The most steps that a lost worker costs a job: a job never gets further than this beyond what is stored and acknowledged.
    /// Storing overlaps the steps and starts early enough, as measured, not to hold them up. Default 5; 1 to 1000.
    /// </summary>
    [Range(1, 1000)]
    public int CheckpointEvery { get; init; } = 5;

    /// <summary>
    /// Device time that is not worth a checkpoint: where <see cref="CheckpointEvery"/> steps take less, as measured, the interval is
    /// as many steps as last this long. For packs whose steps are quicker than the disk. Default 250 ms; 0, which keeps to the
    /// steps, to 10 min.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00", ParseLimitsInInvariantCulture = true)]
    public TimeSpan CheckpointWorth { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Jobs given back whose state stays in memory, in case they return. Default 2; 0 to 64.</summary>
    [Range(0, 64)]
    public int WarmJobs { get; init; } = 2;

    /// <summary>Finished jobs in or before decoding, from which on no more are pulled: bounds the memory. Default 3; 1 to 64.</summary>
    [Range(1, 64)]
    public int MaxFinishing { get; init; } = 3;

    /// <summary>How long a pull waits at the queue for the first job. Default 5 s; 0 to 1 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00", ParseLimitsInInvariantCulture = true)]
    public TimeSpan PullWait { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// The longest silence towards the queue while jobs are held; a third of a lease's expiry where that is shorter. Default 1 s;
    /// 10 ms to 1 min. It is also how late a cancellation reaches a job that is decoded or waits.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:01:00", ParseLimitsInInvariantCulture = true)]
    public TimeSpan Heartbeat { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How long mere progress waits after a report, so that quick steps are told together. Within this pause, or within a step where
    /// that is longer, a job hears that it is cancelled or asked back. Default 0, which tells every step, to 1 s; where a report is a
    /// call to other machines, <see cref="NetworkReportPause"/>.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:01", ParseLimitsInInvariantCulture = true)]
    public TimeSpan ReportPause { get; init; }

    /// <summary>How long a failing artifact store is tried again before the job fails. Default 20 s; 0 to 1 h.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00", ParseLimitsInInvariantCulture = true)]
    public TimeSpan StoreRetryFor { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>First pause between tries of the store, the queue or a pull; doubles up to 5 s. Default 100 ms; 1 ms to 5 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:00:05", ParseLimitsInInvariantCulture = true)]
    public TimeSpan RetryPause { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// A step that takes longer is taken for a hung device: the worker falls silent and ends with an error, so that others get its
    /// jobs. Default 10 min; 1 s to 1 day.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00", ParseLimitsInInvariantCulture = true)]
    public TimeSpan StepLimit { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// How long stopping may take (finish the step, store checkpoints, give leases back) before everything is dropped. Default 20 s;
    /// 0 to 10 min.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00", ParseLimitsInInvariantCulture = true)]
    public TimeSpan StopLimit { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Returns itself, for constructors.</summary>
    /// <exception cref="ValidationException">An option is out of range; names it.</exception>
    internal WorkerOptions Checked()
    {
        Validator.ValidateObject(this, new ValidationContext(this), validateAllProperties: true);
        return this;
    }

    /// <summary>These options with checkpoints so many steps apart, however quick the steps are; null changes nothing.</summary>
    public WorkerOptions WithCheckpointEvery(int? steps) =>
        steps is { } exact ? this with { CheckpointEvery = exact, CheckpointWorth = TimeSpan.Zero } : this;
}
