using SoraCluster.Domain.Keys;
using SoraCluster.Silo.Roles;
using SoraCluster.Silo.State;

namespace SoraCluster.Silo.Keys;

[OnControlSilos, GrainType("api-keys")]
public sealed class ApiKeyDirectoryGrain(
    IGrainContext context, [PersistentState(StorageNames.Slot, StorageNames.Redis)] IPersistentState<ApiKeyDirectoryState> state)
    : ApiKeyDirectory(new GrainStateSlot<ApiKeyDirectoryState>(state, context)), IApiKeyDirectoryGrain;
