using System.Globalization;
using Microsoft.AspNetCore.Http;
using SoraCluster.Domain.Jobs;
using SoraCluster.Gateway.Json;

namespace SoraCluster.Gateway.Videos;

/// <summary>Answers that are one video.</summary>
internal sealed class VideoResults(VideoMapper mapper, JobEstimator estimator)
{
    public async Task<IResult> OneAsync(HttpContext context, JobSnapshot job)
    {
        if ((await estimator.EstimateAsync(job)).PollAfter is { } pollAfter)
        {
            context.Response.Headers["openai-poll-after-ms"] =
                ((long)pollAfter.TotalMilliseconds).ToString(CultureInfo.InvariantCulture);
        }

        return Results.Json(await mapper.MapAsync(job, context.Request), GatewayJson.Wire.VideoResource);
    }
}
