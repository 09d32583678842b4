using System.ComponentModel.DataAnnotations;

namespace SoraCluster.Domain.Jobs;

/// <summary>How often unfinished and expired jobs are looked after.</summary>
public sealed record SweepOptions
{
    /// <summary>Time between two sweeps. Default 1 min; 1 s to 1 day.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan Period { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Jobs looked after at once. Default 16; 1 to 1024.</summary>
    [Range(1, 1024)]
    public int Concurrency { get; init; } = 16;
}
