using SoraCluster.Domain.Jobs;
using SoraCluster.Local.Storage;
using SoraCluster.Testing;
using SoraCluster.Testing.Jobs;

namespace SoraCluster.Local.Tests.Storage;

public sealed class SqliteJobIndexConformanceTests : JobIndexConformance, IAsyncLifetime
{
    private readonly TemporaryFolder folder = new();
    private SqliteDatabase database = null!;

    protected override IJobIndex Index => new SqliteJobIndex(database, new ManualClock());

    public Task InitializeAsync()
    {
        database = SqliteDatabase.Open(folder.Of("sora.db"), new ManualClock());
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await database.DisposeAsync();
        folder.Dispose();
    }
}
