using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using SoraCluster.Gateway.Errors;
using SoraCluster.Gateway.Health;
using SoraCluster.Gateway.Keys;
using SoraCluster.Gateway.Limits;
using SoraCluster.Gateway.Models;
using SoraCluster.Gateway.Prompts;
using SoraCluster.Gateway.Videos;
using SoraCluster.Gateway.Webhooks;

namespace SoraCluster.Gateway.Json;

/// <summary>The wire: snake case, nullable means present and null, text as it is (no needless escapes).</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ErrorBody))]
[JsonSerializable(typeof(VideoResource))]
[JsonSerializable(typeof(VideoPage))]
[JsonSerializable(typeof(VideoDeleted))]
[JsonSerializable(typeof(TraceResource))]
[JsonSerializable(typeof(ModelResource))]
[JsonSerializable(typeof(ModelPage))]
[JsonSerializable(typeof(PromptScript))]
[JsonSerializable(typeof(PromptResource))]
[JsonSerializable(typeof(PresetPage))]
[JsonSerializable(typeof(PresetResource))]
[JsonSerializable(typeof(PresetDeleted))]
[JsonSerializable(typeof(LimitsResource))]
[JsonSerializable(typeof(HealthResource))]
[JsonSerializable(typeof(KeyResource))]
[JsonSerializable(typeof(KeyPage))]
[JsonSerializable(typeof(WebhookResource))]
[JsonSerializable(typeof(WebhookPage))]
[JsonSerializable(typeof(WebhookDeleted))]
[JsonSerializable(typeof(DeadLetterPage))]
[JsonSerializable(typeof(ReplayResource))]
[JsonSerializable(typeof(WebhookPayload))]
internal sealed partial class GatewayJson : JsonSerializerContext
{
    public static GatewayJson Wire { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
