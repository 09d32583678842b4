using Orleans.Placement;
using Orleans.Runtime.Placement;

namespace SoraCluster.Silo.Roles;

/// <summary>Reads the roles from the silos' names in the membership table.</summary>
public sealed class ControlSilosOnlyDirector(IClusterMembershipService membership) : IPlacementFilterDirector
{
    public IEnumerable<SiloAddress> Filter(PlacementFilterStrategy filterStrategy, PlacementTarget target, IEnumerable<SiloAddress> silos)
    {
        var members = membership.CurrentSnapshot.Members;
        return silos.Where(s => members.TryGetValue(s, out var member) && SiloNames.RolesOf(member.Name).HasFlag(SiloRole.Control));
    }
}
