using SoraCluster.Gateway.Prompts;

namespace SoraCluster.Gateway.Videos;

/// <summary>A job as the wire tells it. Nullable means present and null. Times are Unix seconds.</summary>
internal sealed record VideoResource
{
    public required string Id { get; init; }
    public string Object { get; init; } = "video";
    public required string Model { get; init; }
    /// <summary><c>queued</c>, <c>in_progress</c>, <c>completed</c> or <c>failed</c>; a cancelled job is failed with code <c>cancelled</c>.</summary>
    public required string Status { get; init; }
    public required int Progress { get; init; }
    public required string Prompt { get; init; }
    public required string Seconds { get; init; }
    public required string Size { get; init; }
    public required long CreatedAt { get; init; }
    public required long? CompletedAt { get; init; }
    public required long? ExpiresAt { get; init; }
    public required string? RemixedFromVideoId { get; init; }
    public required VideoError? Error { get; init; }
    /// <summary>Ours, beyond the contract.</summary>
    public required VideoExtras Sora { get; init; }
}

internal sealed record VideoError(string Code, string Message);

/// <summary>What the contract has no room for.</summary>
internal sealed record VideoExtras
{
    public required string Pack { get; init; }
    /// <summary>Size the pack generated at; <c>size</c> is scaled from it.</summary>
    public required string NativeSize { get; init; }
    public required ulong Seed { get; init; }
    public required int Steps { get; init; }
    public required float GuidanceScale { get; init; }
    public required string? NegativePrompt { get; init; }
    public required string? Style { get; init; }
    public required string? Language { get; init; }
    public required bool Audio { get; init; }
    /// <summary><c>waiting</c>, <c>encode</c>, <c>denoise</c>, <c>decode</c>, <c>package</c>, <c>done</c>.</summary>
    public required string Stage { get; init; }
    public required int Step { get; init; }
    public required int TotalSteps { get; init; }
    public required IReadOnlyList<string> UnknownWords { get; init; }
    /// <summary>The parts of a structured prompt; null for prose.</summary>
    public required PromptScript? Script { get; init; }
    /// <summary><c>create</c>, <c>remix</c>, <c>edit</c>, <c>extend</c>, <c>loop</c>, <c>blend</c>.</summary>
    public required string Operation { get; init; }
    public required string? SourceVideoId { get; init; }
    /// <summary>The second clip of a blend.</summary>
    public required string? OtherSourceVideoId { get; init; }
    /// <summary>Share of the schedule that was run again on the source; null where none is.</summary>
    public required float? Strength { get; init; }
    /// <summary>Expected seconds until its first step; null once it has begun or ended.</summary>
    public required double? SecondsUntilStart { get; init; }
    /// <summary>Expected seconds until it is completed; null once it has ended.</summary>
    public required double? SecondsLeft { get; init; }
    public required double DeviceSeconds { get; init; }
}

/// <summary>The answer of a list.</summary>
internal sealed record VideoPage(
    string Object, IReadOnlyList<VideoResource> Data, string? FirstId, string? LastId, bool HasMore);

internal sealed record VideoDeleted(string Id, string Object, bool Deleted);
