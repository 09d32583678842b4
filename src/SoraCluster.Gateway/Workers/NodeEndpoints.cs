using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using SoraCluster.Domain.Cluster;
using SoraCluster.Domain.Serialization;

namespace SoraCluster.Gateway.Workers;

/// <summary>Which processes the server is made of, at <c>/internal/nodes</c>.</summary>
internal static class NodeEndpoints
{
    public static RouteGroupBuilder MapNodes(this RouteGroupBuilder group)
    {
        group.MapGet("/nodes", async ([FromServices] IClusterNodes nodes) =>
            Results.Json([.. await nodes.ListAsync()], DomainJson.Default.ClusterNodeArray));
        return group;
    }
}
