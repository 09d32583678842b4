using SoraCluster.Domain.Serialization;
using SoraCluster.Domain.State;
using SoraCluster.Domain.Users;
using SoraCluster.Local.Hosting;
using SoraCluster.Local.Storage;
using SoraCluster.Testing;
using SoraCluster.Testing.State;

namespace SoraCluster.Local.Tests.Storage;

public sealed class SqliteStateSlotConformanceTests : StateSlotConformance, IAsyncLifetime
{
    private readonly TemporaryFolder folder = new();
    private readonly ManualClock clock = new();
    private SqliteDatabase database = null!;
    private SqliteStateStore store = null!;

    public Task InitializeAsync()
    {
        database = SqliteDatabase.Open(folder.Of("sora.db"), clock);
        store = new SqliteStateStore(database, clock);
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await database.DisposeAsync();
        folder.Dispose();
    }

    protected override async Task<IStateSlot<UserState>> LoadAsync(string key)
    {
        var slot = new StoredSlot<UserState>(store, "user", key, DomainJson.Default.UserState);
        await slot.LoadAsync();
        return slot;
    }
}
