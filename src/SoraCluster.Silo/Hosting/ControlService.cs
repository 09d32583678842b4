using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using SoraCluster.Silo.Jobs;

namespace SoraCluster.Silo.Hosting;

/// <summary>Has the cluster swept when this silo starts, and each time a silo has died: its leases need not run out first.</summary>
internal sealed partial class ControlService(
    IGrainFactory grains, IClusterMembershipService membership, TimeProvider clock, ILogger<ControlService> logger) : BackgroundService
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var dead = new HashSet<SiloAddress>();
        await RingAsync(stoppingToken);
        await foreach (var snapshot in membership.MembershipUpdates.WithCancellation(stoppingToken))
        {
            var died = snapshot.Members.Values.Where(m => m.Status is SiloStatus.Dead && dead.Add(m.SiloAddress)).ToList();
            foreach (var member in died)
            {
                Died(member.Name, member.SiloAddress);
            }

            if (died.Count > 0)
            {
                await RingAsync(stoppingToken);
            }
        }
    }

    private async Task RingAsync(CancellationToken stopping)
    {
        while (true)
        {
            try
            {
                await grains.GetGrain<ISweepGrain>(ISweepGrain.Key).RingAsync();
                return;
            }
            catch (Exception failure) when (failure is not OutOfMemoryException && !stopping.IsCancellationRequested)
            {
                NotRung(failure);
                await Task.Delay(RetryAfter, clock, stopping);
            }
        }
    }

    [LoggerMessage(1, LogLevel.Information, "Silo {Name} ({Address}) is dead or has left.")]
    private partial void Died(string name, SiloAddress address);

    [LoggerMessage(2, LogLevel.Warning, "The sweep could not be called; trying again.")]
    private partial void NotRung(Exception error);
}
