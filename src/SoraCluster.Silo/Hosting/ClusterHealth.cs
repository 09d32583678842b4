using Microsoft.Extensions.Diagnostics.HealthChecks;
using SoraCluster.Silo.Roles;

namespace SoraCluster.Silo.Hosting;

/// <summary>Whether this silo is an active member, of a cluster in which entities have a place to live.</summary>
internal sealed class ClusterHealth(IClusterMembershipService membership, ILocalSiloDetails self) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var members = membership.CurrentSnapshot.Members;
        var active = members.Values.Where(m => m.Status is SiloStatus.Active).ToList();
        return Task.FromResult(
            !active.Exists(m => m.SiloAddress.Equals(self.SiloAddress)) ? HealthCheckResult.Unhealthy("This silo is not an active member.")
            : !active.Exists(m => SiloNames.RolesOf(m.Name).HasFlag(SiloRole.Control)) ? HealthCheckResult.Unhealthy("No control silo is active.")
            : HealthCheckResult.Healthy());
    }
}
