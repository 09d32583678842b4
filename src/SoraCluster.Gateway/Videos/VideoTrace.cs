using Microsoft.AspNetCore.Http;
using SoraCluster.Gateway.Identity;
using SoraCluster.Gateway.Json;

namespace SoraCluster.Gateway.Videos;

internal static class VideoTrace
{
    public static async Task<IResult> GetAsync(string id, HttpContext context, OwnedJobs jobs, TimeProvider clock)
    {
        var (_, job) = await jobs.GetAsync(id, context.GetCaller());
        var waitedUntil = job.StartedAt ?? job.EndedAt ?? clock.GetUtcNow();
        var trace = new TraceResource
        {
            Id = id,
            Status = WireNames.Of(job.Status),
            ServiceClass = job.Spec.Class.ToString().ToLowerInvariant(),
            CreatedAt = Unix(job.CreatedAt),
            StartedAt = job.StartedAt is { } started ? Unix(started) : null,
            EndedAt = job.EndedAt is { } ended ? Unix(ended) : null,
            WaitedSeconds = Math.Round((waitedUntil - job.CreatedAt).TotalSeconds, 3),
            DeviceSeconds = Math.Round(job.DeviceSeconds, 3),
            Steps = job.Step,
            StepsRedone = job.StepsRedone,
        };
        return Results.Json(trace, GatewayJson.Wire.TraceResource);
    }

    private static double Unix(DateTimeOffset time) => time.ToUnixTimeMilliseconds() / 1000.0;
}
