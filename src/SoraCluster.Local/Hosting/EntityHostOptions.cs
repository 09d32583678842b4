using System.ComponentModel.DataAnnotations;

namespace SoraCluster.Local.Hosting;

/// <summary>How long and how many entities stay in memory.</summary>
public sealed class EntityHostOptions
{
    /// <summary>An activation that nobody has called for this long is let go. Default 5 minutes; at least 1 second.</summary>
    public TimeSpan IdleAfter { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// Activations kept, 1 or more; default 10,000. When there are more, those idle longest go first. One that has calls
    /// waiting is never let go, so a moment with more busy entities than this passes it.
    /// </summary>
    [Range(1, int.MaxValue)]
    public int MaxActivations { get; init; } = 10_000;

    /// <summary>
    /// Calls that wait for each other in a ring (each entity's turn waiting for the next one's) are broken after this long.
    /// Default 5 seconds. A ring within one call chain is refused at once and does not wait for this.
    /// </summary>
    public TimeSpan DeadlockAfter { get; init; } = TimeSpan.FromSeconds(5);
}
