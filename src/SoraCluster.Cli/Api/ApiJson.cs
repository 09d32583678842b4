using System.Text.Json.Serialization;

namespace SoraCluster.Cli.Api;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(CreateVideo))]
[JsonSerializable(typeof(Video))]
[JsonSerializable(typeof(VideoList))]
[JsonSerializable(typeof(ApiKey))]
[JsonSerializable(typeof(ApiKeyList))]
[JsonSerializable(typeof(IssueKey))]
[JsonSerializable(typeof(RotateKey))]
[JsonSerializable(typeof(ApiFailure))]
internal sealed partial class ApiJson : JsonSerializerContext;
