using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SoraCluster.Domain.Keys;
using SoraCluster.Gateway.Errors;
using SoraCluster.Gateway.Identity;
using SoraCluster.Gateway.Json;
using SoraCluster.Gateway.Requests;

namespace SoraCluster.Gateway.Keys;

/// <summary>Operators issue, list, rotate and revoke keys.</summary>
internal static class KeyEndpoints
{
    private const long MaxOverlapSeconds = 7 * 24 * 3600;
    private const long MaxLifeSeconds = 10L * 365 * 24 * 3600;

    public static void MapKeys(this IEndpointRouteBuilder routes)
    {
        var keys = routes.MapGroup("/keys");
        keys.MapPost("", IssueAsync);
        keys.MapGet("", ListAsync);
        keys.MapPost("/{id}/rotate", RotateAsync);
        keys.MapDelete("/{id}", RevokeAsync);
    }

    private static async Task<IResult> IssueAsync(HttpContext context, RequestReader reader, KeyDesk desk)
    {
        context.GetOperator();
        var form = await reader.ReadAsync(context);
        form.AllowOnly("owner", "name", "scope", "expires_in");
        var scopes = form.Text("scope") switch
        {
            null or "user" => (IReadOnlyList<KeyScope>)[KeyScope.User],
            "operator" => [KeyScope.User, KeyScope.Operator],
            var other => throw Refusals.OutOfRange("scope", "user or operator", "user または operator", other),
        };
        var owner = KeyDesk.CheckName("owner", form.Text("owner") ?? throw Refusals.Missing("owner"));
        var name = KeyDesk.CheckName("name", form.Text("name") ?? owner);
        var (info, key) = await desk.IssueAsync(owner, name, scopes, Seconds(form, "expires_in", MaxLifeSeconds));
        return Results.Json(Map(info, key), GatewayJson.Wire.KeyResource);
    }

    private static async Task<IResult> ListAsync(HttpContext context, KeyDesk desk)
    {
        context.GetOperator();
        var keys = await desk.ListAsync();
        return Results.Json(new KeyPage("list", [.. keys.Select(k => Map(k, key: null))]), GatewayJson.Wire.KeyPage);
    }

    private static async Task<IResult> RotateAsync(string id, HttpContext context, RequestReader reader, KeyDesk desk)
    {
        context.GetOperator();
        var form = await reader.ReadAsync(context);
        form.AllowOnly("overlap");
        var (info, key) = await desk.RotateAsync(id, Seconds(form, "overlap", MaxOverlapSeconds) ?? TimeSpan.Zero);
        return Results.Json(Map(info, key), GatewayJson.Wire.KeyResource);
    }

    private static async Task<IResult> RevokeAsync(string id, HttpContext context, KeyDesk desk)
    {
        context.GetOperator();
        return Results.Json(Map(await desk.RevokeAsync(id), key: null), GatewayJson.Wire.KeyResource);
    }

    private static TimeSpan? Seconds(RequestForm form, string name, long max) =>
        form.Integer(name, 0, max) is { } seconds ? TimeSpan.FromSeconds(seconds) : null;

    private static KeyResource Map(ApiKeyInfo info, PresentedKey? key) => new(
        info.Id, "api_key", info.Owner, info.Name, [.. info.Scopes.Select(s => s == KeyScope.Operator ? "operator" : "user")],
        info.CreatedAt.ToUnixTimeSeconds(), info.ExpiresAt?.ToUnixTimeSeconds(), info.RevokedAt?.ToUnixTimeSeconds(), key?.Reveal());
}
