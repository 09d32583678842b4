using System.ComponentModel.DataAnnotations;

namespace SoraCluster.Domain.Jobs;

/// <summary>How long clips are kept, and how often a job may lose its worker.</summary>
public sealed record JobOptions
{
    /// <summary>
    /// A clip can be downloaded for this long after it is done, then it is deleted. Default 24 hours, as the Videos API keeps
    /// them; 1 minute to 10 years.
    /// </summary>
    [Range(typeof(TimeSpan), "00:01:00", "3650.00:00:00")]
    public TimeSpan ClipLifetime { get; init; } = TimeSpan.FromHours(24);

    /// <summary>
    /// The id (and so the idempotency key) of a deleted video is refused for this long after its creation. Default 24 hours;
    /// 1 minute to 31 days. At least the allowance's window, or a deleted video could be made again without being counted.
    /// </summary>
    [Range(typeof(TimeSpan), "00:01:00", "31.00:00:00")]
    public TimeSpan KeyMemory { get; init; } = TimeSpan.FromHours(24);

    /// <summary>
    /// Leases lost one after the other, without a step stored in between, after which the job is held to be what kills its
    /// workers and fails. From the first one on it runs alone. Default 3; 1 to 100.
    /// </summary>
    [Range(1, 100)]
    public int MaxLossesInRow { get; init; } = 3;

    /// <summary>Leases lost in all, progress or not, after which it fails. Default 20; 1 to 1000.</summary>
    [Range(1, 1000)]
    public int MaxLosses { get; init; } = 20;
}
