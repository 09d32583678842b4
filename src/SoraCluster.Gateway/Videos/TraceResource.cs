namespace SoraCluster.Gateway.Videos;

/// <summary>The answer of <c>GET /v1/videos/{id}/trace</c>: where the time went. Times are Unix seconds with fractions.</summary>
internal sealed record TraceResource
{
    public required string Id { get; init; }
    public string Object { get; init; } = "video.trace";
    public required string Status { get; init; }
    public required string ServiceClass { get; init; }
    public required double CreatedAt { get; init; }
    public required double? StartedAt { get; init; }
    public required double? EndedAt { get; init; }
    /// <summary>From acceptance to the first step, or until now while it waits.</summary>
    public required double WaitedSeconds { get; init; }
    /// <summary>Seconds of device time spent on it.</summary>
    public required double DeviceSeconds { get; init; }
    public required int Steps { get; init; }
    /// <summary>Steps run again after a worker was lost.</summary>
    public required int StepsRedone { get; init; }
    /// <summary>What it waits for, or that it runs and where, in a sentence; null when the queue remembers nothing of it.</summary>
    public required string? Now { get; init; }
    /// <summary>What the queue decided about it, oldest first, as far as it is remembered.</summary>
    public required IReadOnlyList<TraceDecision> Decisions { get; init; }
}

/// <param name="Reason">Snake case: <c>share</c>, <c>joins_batch</c>, <c>no_room</c> …</param>
internal sealed record TraceDecision(double At, string Reason, string? Worker, double WaitedSeconds);
