using System.Globalization;
using Microsoft.AspNetCore.Http;
using SoraCluster.Domain.Jobs;
using SoraCluster.Domain.State;
using SoraCluster.Gateway.Errors;
using SoraCluster.Gateway.Identity;
using SoraCluster.Gateway.Json;

namespace SoraCluster.Gateway.Videos;

/// <summary><c>GET /v1/videos</c>: a cursor over the owner's jobs by creation; new ones never shift a page.</summary>
internal static class ListVideos
{
    private const int DefaultLimit = 20;
    private const int MaxLimit = 100;

    public static async Task<IResult> GetAsync(
        HttpContext context, IJobIndex index, IEntities entities, OwnedJobs owned, VideoMapper mapper)
    {
        var caller = context.GetCaller();
        var query = context.Request.Query;
        var limit = Limit(query["limit"]);
        var ascending = Ascending(query["order"]);
        var jobs = new List<JobSnapshot>();
        var page = new JobPage([], HasMore: true);
        var after = After(query["after"]);

        // The index may name jobs that are deleted or expired by now: they do not count towards the page.
        while (jobs.Count < limit && page.HasMore)
        {
            page = await index.ListByOwnerAsync(new JobPageRequest(caller.Owner, after, limit - jobs.Count, ascending));
            var loaded = await Task.WhenAll(page.JobIds.Select(id => entities.Get<IGenerationJob>(id).GetAsync()));
            jobs.AddRange(loaded.OfType<JobSnapshot>().Where(job => owned.IsVisible(job, caller)));
            after = page.JobIds is [.., var last] ? last : after;
            if (page.JobIds.Count == 0)
            {
                break;
            }
        }

        var data = await Task.WhenAll(jobs.Select(job => mapper.MapAsync(job, context.Request)));
        var answer = new VideoPage(
            "list", data, data.FirstOrDefault()?.Id, data.LastOrDefault()?.Id, page.HasMore && page.JobIds.Count > 0);
        return Results.Json(answer, GatewayJson.Wire.VideoPage);
    }

    private static int Limit(string? text)
    {
        if (text is null)
        {
            return DefaultLimit;
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit is >= 1 and <= MaxLimit
            ? limit
            : throw Refusals.OutOfRange("limit", $"a whole number from 1 to {MaxLimit}", $"1 から {MaxLimit} までの整数", text);
    }

    private static bool Ascending(string? order) => order switch
    {
        null or "desc" => false,
        "asc" => true,
        _ => throw Refusals.OutOfRange("order", "asc or desc", "asc または desc", order),
    };

    private static string? After(string? id) => string.IsNullOrEmpty(id)
        ? null
        : JobIds.IsWellFormed(id) ? id : throw Refusals.OutOfRange("after", "the id of a video, such as last_id of the page before", "動画の ID (前のページの last_id など)", id);
}
