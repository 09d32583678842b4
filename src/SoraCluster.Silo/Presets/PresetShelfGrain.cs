using SoraCluster.Domain.Presets;
using SoraCluster.Silo.Roles;
using SoraCluster.Silo.State;

namespace SoraCluster.Silo.Presets;

[OnControlSilos, GrainType("presets")]
public sealed class PresetShelfGrain(
    IGrainContext context, [PersistentState(StorageNames.Slot, StorageNames.Redis)] IPersistentState<PresetShelfState> state)
    : PresetShelf(new GrainStateSlot<PresetShelfState>(state, context)), IPresetShelfGrain;
