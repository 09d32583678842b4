namespace SoraCluster.Domain.Presets;

/// <summary>The presets that one user has made. Key: the user id. All calls are idempotent.</summary>
public interface IPresetShelf
{
    /// <summary>Makes a preset, or makes it anew.</summary>
    /// <returns>False when the shelf is full.</returns>
    Task<bool> PutAsync(string name, PromptPreset preset);

    /// <returns>False when there was none of that name.</returns>
    Task<bool> RemoveAsync(string name);

    Task<PresetShelfState> ListAsync();
}
