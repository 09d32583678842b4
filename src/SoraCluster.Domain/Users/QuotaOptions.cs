using System.ComponentModel.DataAnnotations;

namespace SoraCluster.Domain.Users;

/// <summary>How many clips a user may make.</summary>
public sealed record QuotaOptions
{
    /// <summary>Clips per <see cref="Window"/> and user. Default 30; 0 to 100,000. 0 refuses every clip.</summary>
    [Range(0, 100_000)]
    public int Limit { get; init; } = 30;

    /// <summary>Clips of one user that may wait or be made at once. Default 0: as many as the limit lets through; up to 100,000.</summary>
    [Range(0, 100_000)]
    public int MaxUnderWay { get; init; }

    /// <summary>
    /// Length of the rolling window. Default 24 hours; one minute to 31 days. The refusal speaks of "the last day" whatever
    /// the window is.
    /// </summary>
    [Range(typeof(TimeSpan), "00:01:00", "31.00:00:00")]
    public TimeSpan Window { get; init; } = TimeSpan.FromHours(24);
}
