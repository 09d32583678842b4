using Microsoft.Extensions.Logging.Abstractions;
using SoraCluster.Silo.Hosting;
using SoraCluster.Testing;
using SoraCluster.Testing.Artifacts;
using SoraCluster.Worker.Costs;

namespace SoraCluster.Silo.Tests.Hosting;

public sealed class CostSharingTests
{
    [Fact]
    public async Task Run_GpuSiloMeasured_GatewayComesToKnow()
    {
        var (clock, store) = (new ManualClock(), new InMemoryArtifactStore());
        var (measured, told) = (new CostProfile(), new CostProfile());
        using var gpu = new CostSharing(measured, store, new() { Roles = "gpu" }, clock, NullLogger<CostSharing>.Instance);
        using var gateway = new CostSharing(told, store, new() { Roles = "gateway" }, clock, NullLogger<CostSharing>.Instance);
        await gpu.StartAsync(default);
        await gateway.StartAsync(default);
        measured.Observe("k", 2, TimeSpan.FromSeconds(0.2));

        while (told.SecondsPerStep("k", 2) is null)
        {
            clock.Advance(CostSharing.Every); // the two run on the thread pool, and may not have started their timers yet
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System);
        }

        Assert.Equal(measured.SecondsPerStep("k", 2), told.SecondsPerStep("k", 2));
        await gpu.StopAsync(default);
        await gateway.StopAsync(default);
    }
}
