using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using SoraCluster.Domain.Jobs;
using SoraCluster.Gateway.Json;

namespace SoraCluster.Gateway.Videos;

/// <summary>Server-sent events on a response. A version that the watcher has is not sent again.</summary>
internal sealed class EventWriter(HttpResponse response, VideoMapper mapper, string? lastSeen)
{
    private string? seen = lastSeen;

    public async Task WriteAsync(JobSnapshot job, CancellationToken cancellation)
    {
        // Compared for equality, not order: after a restart versions may begin lower, and then the watcher must hear of it.
        var version = job.Version.ToString(CultureInfo.InvariantCulture);
        if (version == seen && !job.Ended)
        {
            await FlushHeadersAsync(cancellation);
            return;
        }

        seen = version;
        var json = JsonSerializer.Serialize(await mapper.MapAsync(job, response.HttpContext.Request), GatewayJson.Wire.VideoResource);
        await SendAsync($"event: video.{WireNames.Of(job.Status)}\nid: {version}\ndata: {json}\n\n", cancellation);
    }

    public Task DeletedAsync(string id, CancellationToken cancellation)
    {
        var json = JsonSerializer.Serialize(new VideoDeleted(id, "video.deleted", Deleted: true), GatewayJson.Wire.VideoDeleted);
        return SendAsync($"event: video.deleted\ndata: {json}\n\n", cancellation);
    }

    public Task HeartbeatAsync(CancellationToken cancellation) => SendAsync(": still here\n\n", cancellation);

    private Task FlushHeadersAsync(CancellationToken cancellation) => response.Body.FlushAsync(cancellation);

    private async Task SendAsync(string text, CancellationToken cancellation)
    {
        await response.Body.WriteAsync(Encoding.UTF8.GetBytes(text), cancellation);
        await response.Body.FlushAsync(cancellation);
    }
}
