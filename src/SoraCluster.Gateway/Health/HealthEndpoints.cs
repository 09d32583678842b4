using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SoraCluster.Domain.Models;
using SoraCluster.Gateway.Json;

namespace SoraCluster.Gateway.Health;

/// <summary><c>/healthz</c>: the process answers. <c>/health</c>: it can take work. Both are open to everybody and say little.</summary>
internal static class HealthEndpoints
{
    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/healthz", (IModelCatalog catalog) => Answer(catalog, StatusCodes.Status200OK, reason: null));
        routes.MapGet("/health", (IModelCatalog catalog) => catalog.Models.Count > 0
            ? Answer(catalog, StatusCodes.Status200OK, reason: null)
            : Answer(catalog, StatusCodes.Status503ServiceUnavailable, "No model is loaded."));
    }

    private static IResult Answer(IModelCatalog catalog, int status, string? reason) => Results.Json(
        new HealthResource(reason is null ? "ok" : "unavailable", reason, catalog.Models.Count),
        GatewayJson.Wire.HealthResource,
        statusCode: status);
}
