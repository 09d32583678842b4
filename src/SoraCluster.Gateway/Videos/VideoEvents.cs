using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;
using SoraCluster.Domain.Jobs;
using SoraCluster.Gateway.Errors;
using SoraCluster.Gateway.Identity;

namespace SoraCluster.Gateway.Videos;

/// <summary>
/// <c>GET /v1/videos/{id}/events</c>: the job as it changes, as server-sent events. Each event is the whole
/// <see cref="VideoResource"/>, named <c>video.</c> and its status, so that a watcher that missed some has lost nothing; its id
/// is the job's version, and <c>Last-Event-ID</c> holds back what the watcher has seen. The stream ends with the job.
/// </summary>
internal static class VideoEvents
{
    public static async Task GetAsync(
        string id, HttpContext context, OwnedJobs jobs, IJobEvents events, VideoMapper mapper,
        IOptions<GatewayOptions> options, TimeProvider clock)
    {
        var caller = context.GetCaller();
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);

        // Watching starts before the job is read: what changes in between is told twice rather than never.
        await using var updates = new JobUpdates(events, id, clock, gone);
        var (_, job) = await jobs.GetAsync(id, caller);
        Begin(context);
        var writer = new EventWriter(context.Response, mapper, context.Request.Headers["Last-Event-ID"]);
        await writer.WriteAsync(job, gone.Token);
        while (!job.Ended)
        {
            var update = await updates.NextAsync(options.Value.EventHeartbeat);
            if (update is null)
            {
                // Silence: say that we are here, and look for ourselves, since hints may be lost.
                await writer.HeartbeatAsync(gone.Token);
                update = await FindAsync(jobs, id, caller);
            }

            if (update is null)
            {
                await writer.DeletedAsync(id, gone.Token);
                return;
            }

            job = update;
            await writer.WriteAsync(job, gone.Token);
        }
    }

    private static async Task<JobSnapshot?> FindAsync(OwnedJobs jobs, string id, Caller caller)
    {
        try
        {
            return (await jobs.GetAsync(id, caller)).Job;
        }
        catch (Refusal)
        {
            return null;
        }
    }

    private static void Begin(HttpContext context)
    {
        context.Response.ContentType = "text/event-stream; charset=utf-8";
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers["X-Accel-Buffering"] = "no";
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
    }
}
