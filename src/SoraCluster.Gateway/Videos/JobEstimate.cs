namespace SoraCluster.Gateway.Videos;

/// <param name="UntilStart">Until its first step; null once it has begun or ended.</param>
/// <param name="UntilEnd">Until it is completed; null once it has ended.</param>
internal readonly record struct JobEstimate(TimeSpan? UntilStart, TimeSpan? UntilEnd)
{
    private static readonly TimeSpan Soonest = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Latest = TimeSpan.FromSeconds(10);

    /// <summary>When it is worth asking again: a tenth of what is left, from 250 ms to 10 s.</summary>
    public TimeSpan? PollAfter => UntilEnd is { } left ? TimeSpan.FromTicks(Math.Clamp(left.Ticks / 10, Soonest.Ticks, Latest.Ticks)) : null;
}
