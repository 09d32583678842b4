using System.Text.Json.Serialization;

namespace SoraCluster.Cli.Api;

/// <summary>What operators see of a server: its processes and its queues.</summary>
internal sealed record ClusterState(IReadOnlyList<Node> Nodes, IReadOnlyList<Queue> Queues);

/// <summary>One process; its worker's id, if it runs packs.</summary>
internal sealed record Node(string Name, string Address, IReadOnlyList<string> Roles, string Status, DateTimeOffset Started, string? Worker = null);

/// <summary>One queue: jobs and the longest wait by class, jobs under way, workers that ask it.</summary>
internal sealed record Queue(
    [property: JsonPropertyName("queue")] string Name,
    IReadOnlyDictionary<string, int> Waiting,
    IReadOnlyDictionary<string, TimeSpan> OldestWait,
    int Leased,
    IReadOnlyList<string> Workers,
    bool Paused);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Node[]))]
[JsonSerializable(typeof(Queue[]))]
internal sealed partial class ClusterJson : JsonSerializerContext;
