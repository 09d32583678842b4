using SoraCluster.Domain.Users;
using SoraCluster.Silo.Roles;
using SoraCluster.Silo.State;

namespace SoraCluster.Silo.Users;

[OnControlSilos, GrainType("user")]
public sealed class UserGrain(
    IGrainContext context, [PersistentState(StorageNames.Slot, StorageNames.Redis)] IPersistentState<UserState> state, TimeProvider clock, QuotaOptions quotas)
    : User(new GrainStateSlot<UserState>(state, context), clock, quotas), IUserGrain;
