using System.Text.Json.Serialization;

namespace SoraCluster.Cli.Api;

/// <summary>The body of a create request; what is null is left to the server.</summary>
internal sealed record CreateVideo
{
    public required string Prompt { get; init; }
    public string? Model { get; init; }
    public string? Seconds { get; init; }
    public string? Size { get; init; }
    public ulong? Seed { get; init; }
    public int? Steps { get; init; }
    public float? GuidanceScale { get; init; }
    public string? NegativePrompt { get; init; }
    public string? Style { get; init; }
    public bool? Audio { get; init; }
    /// <summary>File with the picture that the clip starts from; it is sent beside the rest.</summary>
    [JsonIgnore]
    public string? InputReference { get; init; }
}
