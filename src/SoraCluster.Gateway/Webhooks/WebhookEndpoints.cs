using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SoraCluster.Domain.Keys;
using SoraCluster.Domain.State;
using SoraCluster.Domain.Webhooks;
using SoraCluster.Gateway.Errors;
using SoraCluster.Gateway.Identity;
using SoraCluster.Gateway.Json;
using SoraCluster.Gateway.Requests;

namespace SoraCluster.Gateway.Webhooks;

/// <summary>Ours: users register endpoints, look at dead letters and replay them.</summary>
internal static class WebhookEndpoints
{
    private const int MaxUrlLength = 2048;
    private const string DeadLetter = "webhook.dead_letter";

    public static void MapWebhooks(this IEndpointRouteBuilder routes)
    {
        var webhooks = routes.MapGroup("/webhooks");
        webhooks.MapPost("", AddAsync);
        webhooks.MapGet("", ListAsync);
        webhooks.MapDelete("/{id}", RemoveAsync);
        webhooks.MapGet("/dead_letters", ListDeadAsync);
        webhooks.MapPost("/dead_letters/{id}/replay", ReplayAsync);
    }

    private static async Task<IResult> AddAsync(
        HttpContext context, RequestReader reader, GuardedHttp http, IEntities entities, ISecretSource secrets, TimeProvider clock)
    {
        var owner = context.GetCaller().Owner;
        var form = await reader.ReadAsync(context);
        form.AllowOnly("url", "events");
        var url = form.Text("url") ?? throw Refusals.Missing("url");
        if (url.Length > MaxUrlLength || !Uri.TryCreate(url, UriKind.Absolute, out var uri) || !http.IsAllowed(uri))
        {
            throw Refusals.BadWebhookUrl();
        }

        var endpoint = new WebhookEndpoint(
            "whep_" + secrets.Hex(12), uri.AbsoluteUri, Events(form), WebhookSignature.NewSecret(secrets), clock.GetUtcNow());

        // Into the directory first: an owner listed without endpoints costs a look, one not listed would never be served.
        await entities.Get<IWebhookDirectory>(IWebhookDirectory.Key).AddAsync(owner);
        return await entities.Get<IWebhookOutbox>(owner).AddEndpointAsync(endpoint)
            ? Results.Json(Map(endpoint, endpoint.Secret), GatewayJson.Wire.WebhookResource)
            : throw Refusals.TooManyWebhooks(WebhookOutbox.MaxEndpoints);
    }

    private static async Task<IResult> ListAsync(HttpContext context, IEntities entities)
    {
        var endpoints = await entities.Get<IWebhookOutbox>(context.GetCaller().Owner).ListEndpointsAsync();
        return Results.Json(new WebhookPage("list", [.. endpoints.Select(e => Map(e, secret: null))]), GatewayJson.Wire.WebhookPage);
    }

    private static async Task<IResult> RemoveAsync(string id, HttpContext context, IEntities entities) =>
        await entities.Get<IWebhookOutbox>(context.GetCaller().Owner).RemoveEndpointAsync(id)
            ? Results.Json(new WebhookDeleted(id, "webhook.deleted", Deleted: true), GatewayJson.Wire.WebhookDeleted)
            : throw Refusals.NoSuchWebhook(id);

    private static async Task<IResult> ListDeadAsync(HttpContext context, IEntities entities)
    {
        var dead = await entities.Get<IWebhookOutbox>(context.GetCaller().Owner).ListDeadAsync();
        return Results.Json(new DeadLetterPage("list", [.. dead.Select(Map)]), GatewayJson.Wire.DeadLetterPage);
    }

    private static async Task<IResult> ReplayAsync(string id, HttpContext context, IEntities entities) =>
        await entities.Get<IWebhookOutbox>(context.GetCaller().Owner).ReplayAsync(id)
            ? Results.Json(new ReplayResource(id, DeadLetter, Replayed: true), GatewayJson.Wire.ReplayResource)
            : throw Refusals.NoSuchDeadLetter(id);

    private static IReadOnlyList<string> Events(RequestForm form)
    {
        var events = new List<string>();
        while (form.Text($"events[{events.Count}]") is { } name)
        {
            events.Add(WebhookEvents.All.Contains(name)
                ? name
                : throw Refusals.OutOfRange("events", string.Join(" or ", WebhookEvents.All), string.Join(" または ", WebhookEvents.All), name));
        }

        return events.Count == 0 ? WebhookEvents.All : [.. events.Distinct()];
    }

    private static WebhookResource Map(WebhookEndpoint endpoint, string? secret) =>
        new(endpoint.Id, "webhook", endpoint.Url, endpoint.Events, endpoint.CreatedAt.ToUnixTimeSeconds(), secret);

    private static DeadLetterResource Map(WebhookDelivery dead) => new(
        dead.Id, DeadLetter, dead.EndpointId, dead.Event.Id, dead.Event.Type, dead.Event.JobId, dead.Attempts, dead.LastError);
}
