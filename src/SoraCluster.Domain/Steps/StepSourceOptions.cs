using System.ComponentModel.DataAnnotations;

namespace SoraCluster.Domain.Steps;

/// <summary>How a waiting worker's pull looks for work.</summary>
public sealed record StepSourceOptions
{
    /// <summary>Looks at least this often, in case no bell rings. Default 2 s; 10 ms to 5 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00.0100000", "00:05:00")]
    public TimeSpan LookEvery { get; init; } = TimeSpan.FromSeconds(2);
}
