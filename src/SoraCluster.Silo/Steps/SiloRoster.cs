using System.Net;
using SoraCluster.Domain.Steps;
using SoraCluster.Silo.Roles;

namespace SoraCluster.Silo.Steps;

/// <summary>
/// The workers of dead silos are dead. A silo counts as dead when the membership table says so, or when another life of it has the
/// same address; one that was paused and taken for dead finds that out when it wakes, and ends itself.
/// </summary>
public sealed class SiloRoster(IClusterMembershipService membership) : IWorkerRoster
{
    public bool IsDead(string workerId)
    {
        foreach (var (address, member) in membership.CurrentSnapshot.Members)
        {
            var id = SiloNames.WorkerId(address.Endpoint, address.Generation);
            if (id == workerId)
            {
                return member.Status is SiloStatus.Dead;
            }
        }

        return Parse(workerId) is { } worker
            && membership.CurrentSnapshot.Members.Keys.Any(a => a.Endpoint.Equals(worker.Endpoint) && a.Generation > worker.Generation);
    }

    private static (IPEndPoint Endpoint, int Generation)? Parse(string workerId) =>
        workerId.Split('_') is [var host, var port, var generation]
        && int.TryParse(port, out var at) && at is >= 0 and <= 65535
        && int.TryParse(generation, out var life)
        && (IPAddress.TryParse(host, out var address) || IPAddress.TryParse(host.Replace('-', ':'), out address))
            ? (new IPEndPoint(address, at), life)
            : null;
}
