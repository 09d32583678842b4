using SoraCluster.Domain.Cluster;
using SoraCluster.Silo.Roles;

namespace SoraCluster.Silo.Cluster;

/// <summary>The silos in the membership table, those that have died lately included.</summary>
internal sealed class SiloNodes(IGrainFactory grains) : IClusterNodes
{
    public async Task<IReadOnlyList<ClusterNode>> ListAsync()
    {
        var members = await grains.GetGrain<IManagementGrain>(0).GetDetailedHosts(onlyActive: false);
        return [.. members.OrderBy(member => member.SiloName, StringComparer.Ordinal).ThenBy(member => member.StartTime).Select(NodeOf)];
    }

    private static ClusterNode NodeOf(MembershipEntry member)
    {
        var roles = SiloNames.RolesOf(member.SiloName);
        var address = member.SiloAddress;
        return new(
            member.SiloName,
            address.Endpoint.ToString(),
            SiloNames.Words(roles),
            StatusOf(member.Status),
            new DateTimeOffset(DateTime.SpecifyKind(member.StartTime, DateTimeKind.Utc)),
            roles.HasFlag(SiloRole.Gpu) ? SiloNames.WorkerId(address.Endpoint, address.Generation) : null);
    }

    private static NodeStatus StatusOf(SiloStatus status) => status switch
    {
        SiloStatus.Active => NodeStatus.Active,
        SiloStatus.ShuttingDown or SiloStatus.Stopping => NodeStatus.Leaving,
        SiloStatus.Dead => NodeStatus.Dead,
        _ => NodeStatus.Joining,
    };
}
