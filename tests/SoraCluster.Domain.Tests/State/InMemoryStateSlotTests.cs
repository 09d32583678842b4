using SoraCluster.Domain.State;
using SoraCluster.Domain.Users;
using SoraCluster.Testing.State;

namespace SoraCluster.Domain.Tests.State;

public sealed class InMemoryStateSlotTests : StateSlotConformance
{
    private readonly InMemoryStateStore store = new();

    protected override Task<IStateSlot<UserState>> LoadAsync(string key) => Task.FromResult(store.Load<UserState>(key));
}
