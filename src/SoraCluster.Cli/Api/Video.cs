namespace SoraCluster.Cli.Api;

/// <summary>A video as the API tells it; what the command line needs of it.</summary>
internal sealed record Video
{
    public required string Id { get; init; }
    public required string Model { get; init; }
    public required string Status { get; init; }
    public int Progress { get; init; }
    public required string Prompt { get; init; }
    public required string Seconds { get; init; }
    public required string Size { get; init; }
    public long CreatedAt { get; init; }
    public long? CompletedAt { get; init; }
    public VideoFailure? Error { get; init; }
    public VideoExtras? Sora { get; init; }

    public bool Ended => Status is "completed" or "failed";

    public bool Cancelled => Error?.Code == "cancelled";
}

internal sealed record VideoFailure(string Code, string Message);

internal sealed record VideoExtras
{
    public string? NativeSize { get; init; }
    public ulong Seed { get; init; }
    public int Steps { get; init; }
    public float GuidanceScale { get; init; }
    public string? Stage { get; init; }
    public int Step { get; init; }
    public int TotalSteps { get; init; }
    public IReadOnlyList<string> UnknownWords { get; init; } = [];
    public double? SecondsUntilStart { get; init; }
    public double? SecondsLeft { get; init; }
    public double DeviceSeconds { get; init; }
}

internal sealed record VideoList(IReadOnlyList<Video> Data, bool HasMore);

internal sealed record ApiFailure(ApiFailureDetail Error);

internal sealed record ApiFailureDetail(string Message, string? Code, string? Param);
