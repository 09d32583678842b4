using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SoraCluster.Domain.Jobs;
using SoraCluster.Gateway.Identity;
using SoraCluster.Gateway.Requests;

namespace SoraCluster.Gateway.Videos;

/// <summary>Clips made from clips: remix, edit, extend, loop, blend.</summary>
internal static class DerivedEndpoints
{
    public static void MapDerived(this IEndpointRouteBuilder routes)
    {
        var videos = routes.MapGroup("/videos");
        videos.MapPost("/{id}/remix", (string id, HttpContext context, Desk desk) =>
            desk.MakeAsync(context, (specs, form, ticket, caller) => specs.RemixAsync(id, form, ticket, caller)));
        videos.MapPost("/{id}/loop", (string id, HttpContext context, Desk desk) =>
            desk.MakeAsync(context, (specs, form, ticket, caller) => specs.LoopAsync(id, form, ticket, caller)));
        videos.MapPost("/edits", (HttpContext context, Desk desk) =>
            desk.MakeAsync(context, (specs, form, ticket, caller) => specs.EditAsync(form, ticket, caller, context.RequestAborted)));
        videos.MapPost("/extensions", (HttpContext context, Desk desk) =>
            desk.MakeAsync(context, (specs, form, ticket, caller) => specs.ExtendAsync(form, ticket, caller, context.RequestAborted)));
        videos.MapPost("/blends", (HttpContext context, Desk desk) =>
            desk.MakeAsync(context, (specs, form, ticket, caller) => specs.BlendAsync(form, ticket, caller)));
    }

    internal sealed class Desk(JobSubmitter submitter, DerivedSpecs specs, VideoResults results)
    {
        public async Task<IResult> MakeAsync(
            HttpContext context, Func<DerivedSpecs, RequestForm, JobTicket, Caller, Task<JobSpec>> build)
        {
            var caller = context.GetCaller();
            var job = await submitter.SubmitAsync(context, (form, ticket) => build(specs, form, ticket, caller));
            return await results.OneAsync(context, job);
        }
    }
}
