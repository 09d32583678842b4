using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using SoraCluster.Domain.Artifacts;
using SoraCluster.Domain.Jobs;
using SoraCluster.Gateway.Errors;
using SoraCluster.Gateway.Identity;

namespace SoraCluster.Gateway.Videos;

/// <summary><c>GET</c> and <c>HEAD</c> of a finished clip and its pictures: streamed, with ranges and an entity tag.</summary>
internal static class VideoContent
{
    public static async Task<IResult> GetAsync(string id, HttpContext context, OwnedJobs jobs, IArtifactStore artifacts)
    {
        var (_, job) = await jobs.GetAsync(id, context.GetCaller());
        var result = Result(job);
        var (key, type, extension, tag) = (string?)context.Request.Query["variant"] switch
        {
            null or "video" => (result.Video, "video/mp4", "mp4", result.VideoSha256),
            "thumbnail" => (result.Thumbnail, "image/jpeg", "jpg", result.VideoSha256 + "-thumbnail"),
            "spritesheet" => (result.SpriteSheet, "image/jpeg", "sprites.jpg", result.VideoSha256 + "-spritesheet"),
            var other => throw Refusals.OutOfRange(
                "variant", "video, thumbnail or spritesheet", "video、thumbnail、spritesheet のいずれか", other),
        };
        var stream = await artifacts.OpenReadAsync(key, context.RequestAborted) ?? throw Refusals.NoSuchVideo(id);

        // Private, and worth asking again each time: a clip can be deleted or its consent withdrawn.
        context.Response.Headers.CacheControl = "private, no-cache";
        context.Response.Headers.XContentTypeOptions = "nosniff";
        context.Response.Headers.ContentDisposition = $"inline; filename=\"{id}.{extension}\"";
        return Results.Stream(
            stream, type, lastModified: job.EndedAt, entityTag: new EntityTagHeaderValue($"\"{tag}\""), enableRangeProcessing: true);
    }

    private static JobResult Result(JobSnapshot job) => job switch
    {
        { Status: JobStatus.Completed, Result: { } result } => result,
        _ when VideoMapper.ErrorOf(job) is var (code, why) => throw Refusals.NoContent(job.Spec.Id, code, why),
        _ => throw Refusals.NotReady(job.Spec.Id, WireNames.Of(job.Status)),
    };
}
