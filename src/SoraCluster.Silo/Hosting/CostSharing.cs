using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using SoraCluster.Domain.Artifacts;
using SoraCluster.Silo.Roles;
using SoraCluster.Worker.Costs;

namespace SoraCluster.Silo.Hosting;

/// <summary>
/// GPU silos store from time to time what steps cost, and the others read it: queues share by cost, and gateways tell how long it will
/// take. Among GPU silos the last to store wins, as all that share a pack are alike.
/// </summary>
internal sealed partial class CostSharing(
    CostProfile profile, IArtifactStore artifacts, SiloHostOptions options, TimeProvider clock, ILogger<CostSharing> logger) : BackgroundService
{
    public static readonly TimeSpan Every = TimeSpan.FromMinutes(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await (options.Role.HasFlag(SiloRole.Gpu)
                    ? profile.SaveAsync(artifacts, SiloHost.ProfileKey, stoppingToken)
                    : profile.RefreshAsync(artifacts, SiloHost.ProfileKey, stoppingToken));
            }
            catch (Exception failure) when (failure is ArtifactStoreException or IOException)
            {
                NotShared(failure);
            }
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "What steps cost could not be stored or read; trying again in a minute.")]
    private partial void NotShared(Exception error);
}
