using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;
using SoraCluster.Domain.State;
using SoraCluster.Domain.Users;
using SoraCluster.Gateway.Identity;
using SoraCluster.Gateway.Json;

namespace SoraCluster.Gateway.Limits;

internal static class LimitsEndpoint
{
    private const long WindowSeconds = 24 * 60 * 60;

    public static void MapLimits(this IEndpointRouteBuilder routes) => routes.MapGet("/me/limits", GetAsync);

    private static async Task<IResult> GetAsync(HttpContext context, IEntities entities, IOptions<GatewayOptions> options)
    {
        var owner = context.GetCaller().Owner;
        var allowance = await entities.Get<IUser>(owner).GetAllowanceAsync();
        return Results.Json(
            new LimitsResource(
                "limits",
                owner,
                new VideoLimit(
                    allowance.Limit, allowance.Used, allowance.Remaining,
                    allowance.NextSlotAt?.ToUnixTimeSeconds(), WindowSeconds),
                new RequestLimit(options.Value.RequestsPerMinute, options.Value.RequestBurst)),
            GatewayJson.Wire.LimitsResource);
    }
}
