namespace SoraCluster.Domain.Presets;

/// <summary>A user's presets by name.</summary>
public sealed record PresetShelfState(IReadOnlyDictionary<string, PromptPreset> Presets)
{
    public static PresetShelfState Empty { get; } = new(new Dictionary<string, PromptPreset>());
}
