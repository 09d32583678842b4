using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SoraCluster.Gateway.Errors;
using SoraCluster.Gateway.Identity;
using SoraCluster.Gateway.Json;

namespace SoraCluster.Gateway.Videos;

/// <summary>The life of a video: ask for it, look at it, call it off, delete it.</summary>
internal static class VideoEndpoints
{
    public static void MapVideos(this IEndpointRouteBuilder routes)
    {
        var videos = routes.MapGroup("/videos");
        videos.MapPost("", CreateAsync);
        videos.MapGet("", ListVideos.GetAsync);
        videos.MapGet("/{id}", GetAsync);
        videos.MapDelete("/{id}", DeleteAsync);
        videos.MapPost("/{id}/cancel", CancelAsync);
        videos.MapMethods("/{id}/content", [HttpMethods.Get, HttpMethods.Head], VideoContent.GetAsync);
        videos.MapGet("/{id}/events", VideoEvents.GetAsync);
        videos.MapGet("/{id}/trace", VideoTrace.GetAsync);
    }

    private static async Task<IResult> CreateAsync(
        HttpContext context, JobSubmitter submitter, SpecBuilder specs, VideoResults results)
    {
        var job = await submitter.SubmitAsync(context, (form, ticket) => specs.CreateAsync(form, ticket, context.RequestAborted));
        return await results.OneAsync(context, job);
    }

    private static async Task<IResult> GetAsync(string id, HttpContext context, OwnedJobs jobs, VideoResults results)
    {
        var (_, job) = await jobs.GetAsync(id, context.GetCaller());
        return await results.OneAsync(context, job);
    }

    private static async Task<IResult> DeleteAsync(string id, HttpContext context, OwnedJobs jobs)
    {
        var (entity, _) = await jobs.GetAsync(id, context.GetCaller());
        return await entity.DeleteAsync()
            ? Results.Json(new VideoDeleted(id, "video.deleted", Deleted: true), GatewayJson.Wire.VideoDeleted)
            : throw Refusals.NoSuchVideo(id);
    }

    /// <summary>An ended job stays as it ended; the answer says how.</summary>
    private static async Task<IResult> CancelAsync(string id, HttpContext context, OwnedJobs jobs, VideoResults results)
    {
        var (entity, _) = await jobs.GetAsync(id, context.GetCaller());
        var job = await entity.CancelAsync() ?? throw Refusals.NoSuchVideo(id);
        return await results.OneAsync(context, job);
    }
}
