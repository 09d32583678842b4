using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using SoraCluster.Domain.Jobs;
using SoraCluster.Domain.Webhooks;
using SoraCluster.Gateway.Json;

namespace SoraCluster.Gateway.Webhooks;

internal static class WebhookEvents
{
    public const string Completed = "video.completed";
    public const string Failed = "video.failed";

    public static readonly IReadOnlyList<string> All = [Completed, Failed];

    /// <summary>The event of a job's end. Its id and body follow from the job, so that whoever finds out says the same.</summary>
    public static WebhookEvent Of(JobSnapshot job)
    {
        var type = job.Status == JobStatus.Completed ? Completed : Failed;
        var digest = SHA256.HashData(Encoding.UTF8.GetBytes($"{job.Spec.Id}:{type}"));
        var id = "evt_" + Convert.ToHexStringLower(digest.AsSpan(0, 16));
        var at = (job.EndedAt ?? job.CreatedAt).ToUnixTimeSeconds();
        var payload = new WebhookPayload(id, "event", at, type, new WebhookData(job.Spec.Id));
        return new WebhookEvent(id, type, job.Spec.Id, JsonSerializer.Serialize(payload, GatewayJson.Wire.WebhookPayload));
    }
}
