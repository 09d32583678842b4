using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using SoraCluster.Domain.Errors;
using SoraCluster.Domain.Models;
using SoraCluster.Domain.Serialization;
using SoraCluster.Domain.State;
using SoraCluster.Domain.Steps;

namespace SoraCluster.Gateway.Workers;

/// <summary>What operators tell the step queues, below <c>/internal/queues</c>: pause, resume, move a job, drain a worker.</summary>
internal static class QueueEndpoints
{
    public static RouteGroupBuilder MapQueues(this RouteGroupBuilder group)
    {
        group.MapGet("/queues", (Delegate)ListAsync);
        group.MapPost("/queues/{pack}/pause", (string pack, HttpContext context) => EachAsync(context, pack, q => q.PauseAsync()));
        group.MapPost("/queues/{pack}/resume", (string pack, HttpContext context) => EachAsync(context, pack, q => q.ResumeAsync()));
        group.MapPost("/queues/{pack}/jobs/{id}/{placement}", MoveAsync);
        group.MapPost("/workers/{id}/drain", (string id, HttpContext context) => DrainAsync(context, id, true));
        group.MapDelete("/workers/{id}/drain", (string id, HttpContext context) => DrainAsync(context, id, false));
        return group;
    }

    private static async Task<IResult> ListAsync(HttpContext context)
    {
        var states = await Task.WhenAll(Packs(context).SelectMany(pack => QueuesOf(context, pack)).Select(q => q.GetStatusAsync()));
        return Results.Json(states, DomainJson.Default.QueueStatusArray);
    }

    private static async Task<IResult> EachAsync(HttpContext context, string pack, Func<IStepQueue, Task> tell)
    {
        await Task.WhenAll(QueuesOf(context, Known(context, pack)).Select(tell));
        return Results.NoContent();
    }

    /// <summary>The job waits in one of the pack's queues, or in none.</summary>
    private static async Task<IResult> MoveAsync(string pack, string id, string placement, HttpContext context)
    {
        var place = placement switch
        {
            "first" => QueuePlacement.First,
            "last" => QueuePlacement.Last,
            _ => throw Refused(SoraErrorCode.InvalidRequest, $"A job can be put first or last, not '{placement}'."),
        };
        var moved = await Task.WhenAll(QueuesOf(context, Known(context, pack)).Select(q => q.ReorderAsync(id, place)));
        return moved.Contains(true) ? Results.NoContent() : throw Refused(SoraErrorCode.NotFound, $"No job '{id}' waits for '{pack}'.");
    }

    private static async Task<IResult> DrainAsync(HttpContext context, string worker, bool drain)
    {
        await Task.WhenAll(Packs(context).SelectMany(pack => QueuesOf(context, pack)).Select(q => q.DrainAsync(worker, drain)));
        return Results.NoContent();
    }

    private static IEnumerable<string> Packs(HttpContext context) => context.RequestServices.GetRequiredService<IModelCatalog>().Models.Select(m => m.Id);

    private static string Known(HttpContext context, string pack) =>
        Packs(context).Contains(pack) ? pack : throw Refused(SoraErrorCode.NotFound, $"There is no model '{pack}'.");

    private static IEnumerable<IStepQueue> QueuesOf(HttpContext context, string pack) =>
        QueueKeys.All(pack, context.RequestServices.GetService<QueueOptions>()?.Shards ?? 1)
            .Select(context.RequestServices.GetRequiredService<IEntities>().Get<IStepQueue>);

    private static SoraException Refused(SoraErrorCode code, string message) => new(new SoraError(code, message));
}
