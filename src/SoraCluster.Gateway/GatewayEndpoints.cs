using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using SoraCluster.Gateway.Characters;
using SoraCluster.Gateway.Health;
using SoraCluster.Gateway.Keys;
using SoraCluster.Gateway.Limits;
using SoraCluster.Gateway.Models;
using SoraCluster.Gateway.OpenApi;
using SoraCluster.Gateway.Prompts;
using SoraCluster.Gateway.Videos;
using SoraCluster.Gateway.Webhooks;

namespace SoraCluster.Gateway;

public static class GatewayEndpoints
{
    /// <summary>Maps the Videos API below <c>/v1</c>, and the health calls.</summary>
    public static IEndpointRouteBuilder MapGateway(this IEndpointRouteBuilder routes)
    {
        var v1 = routes.MapGroup("/v1");
        v1.MapVideos();
        v1.MapDerived();
        v1.MapCharacters();
        v1.MapModels();
        v1.MapPrompts();
        v1.MapPresets();
        v1.MapLimits();
        v1.MapKeys();
        v1.MapWebhooks();
        routes.MapHealth();
        routes.MapOpenApi();
        return routes;
    }
}
