using System.Text.Json;
using Microsoft.AspNetCore.Http;
using SoraCluster.Domain.Steps;
using SoraCluster.Gateway.Identity;
using SoraCluster.Gateway.Json;

namespace SoraCluster.Gateway.Videos;

/// <summary><c>GET /v1/videos/{id}/trace</c>: who waited, why, and what it cost.</summary>
internal static class VideoTrace
{
    public static async Task<IResult> GetAsync(string id, HttpContext context, OwnedJobs jobs, QueueWatch queues, TimeProvider clock)
    {
        var (_, job) = await jobs.GetAsync(id, context.GetCaller());
        var explained = await queues.ExplainAsync(job.Spec);
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
            Now = explained?.Now,
            Decisions = [.. (explained?.Decisions ?? []).Select(Map)],
        };
        return Results.Json(trace, GatewayJson.Wire.TraceResource);
    }

    private static TraceDecision Map(QueueDecision decision) => new(
        Unix(decision.At),
        JsonNamingPolicy.SnakeCaseLower.ConvertName(decision.Reason.ToString()),
        decision.Worker,
        Math.Round(decision.Waited.TotalSeconds, 3));

    private static double Unix(DateTimeOffset time) => time.ToUnixTimeMilliseconds() / 1000.0;
}
