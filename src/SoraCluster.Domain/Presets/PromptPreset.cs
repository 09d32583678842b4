namespace SoraCluster.Domain.Presets;

/// <summary>A named bundle that fills what a prompt leaves open, before the text reaches the pack.</summary>
public sealed record PromptPreset
{
    /// <summary>Theme, vibe and film stock, as words for the look of the clip.</summary>
    public string? Style { get; init; }
    public string? Camera { get; init; }
    public string? Scene { get; init; }
    public string? Lighting { get; init; }
    public string? Audio { get; init; }
    public string? Grade { get; init; }
    public string? Tempo { get; init; }
}
