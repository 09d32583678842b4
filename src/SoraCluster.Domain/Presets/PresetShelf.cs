using SoraCluster.Domain.State;

namespace SoraCluster.Domain.Presets;

public class PresetShelf(IStateSlot<PresetShelfState> state) : IPresetShelf
{
    /// <summary>Presets that one user may have.</summary>
    public const int Capacity = 100;

    private PresetShelfState State => state.Value ?? PresetShelfState.Empty;

    public async Task<bool> PutAsync(string name, PromptPreset preset)
    {
        var known = State.Presets.TryGetValue(name, out var former);
        if (!known && State.Presets.Count >= Capacity)
        {
            return false;
        }

        if (former != preset)
        {
            await state.SaveAsync(new(new Dictionary<string, PromptPreset>(State.Presets) { [name] = preset }));
        }

        return true;
    }

    public async Task<bool> RemoveAsync(string name)
    {
        var left = new Dictionary<string, PromptPreset>(State.Presets);
        if (!left.Remove(name))
        {
            return false;
        }

        await state.SaveAsync(new(left));
        return true;
    }

    public Task<PresetShelfState> ListAsync() => Task.FromResult(State);
}
