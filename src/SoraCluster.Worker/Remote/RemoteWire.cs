using System.Text.Json;

namespace SoraCluster.Worker.Remote;

/// <summary>Names and shapes that the two ends agree on; the other end is <c>WorkerEndpoints</c> of the gateway.</summary>
internal static class RemoteWire
{
    public const string PullPath = "internal/workers/pull";
    public const string ReportPath = "internal/workers/report";
    public const string ArtifactsPath = "internal/artifacts";

    /// <summary>On a 404: there is no such artifact.</summary>
    public const string AbsenceHeader = "x-sora-absent";

    /// <summary>SHA-256 of an artifact, lower-case hex.</summary>
    public const string DigestHeader = "x-sora-sha256";

    /// <summary>What an error body says, as far as it is one of the gateway's.</summary>
    public static async Task<(string Message, bool StoreFailed)> ReasonAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        try
        {
            await using var stream = await response.Content.ReadAsStreamAsync(cancellation);
            using var body = await JsonDocument.ParseAsync(stream, cancellationToken: cancellation);
            var error = body.RootElement.GetProperty("error");
            return (error.GetProperty("message").GetString() ?? "", error.GetProperty("code").GetString() == "storage_failed");
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return ("", false);
        }
    }
}
