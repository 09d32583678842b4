using System.Text.Json.Serialization;

namespace SoraCluster.Worker.Costs;

/// <summary>The stored form of a cost profile.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Dictionary<string, CostLine>))]
internal sealed partial class CostJson : JsonSerializerContext;
