using SoraCluster.Domain.Keys;
using SoraCluster.Silo.Roles;
using SoraCluster.Silo.State;

namespace SoraCluster.Silo.Keys;

[OnControlSilos, GrainType("api-key")]
public sealed class ApiKeyGrain(
    IGrainContext context, [PersistentState(StorageNames.Slot, StorageNames.Redis)] IPersistentState<ApiKeyState> state, TimeProvider clock)
    : ApiKey(new GrainStateSlot<ApiKeyState>(state, context), clock), IApiKeyGrain;
