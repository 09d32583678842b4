namespace SoraCluster.Domain.Cluster;

/// <summary>One process of a server.</summary>
/// <param name="Name">For people.</param>
/// <param name="Address">Where the others reach it.</param>
/// <param name="Roles">Of <c>control</c>, <c>gpu</c>, <c>gateway</c>.</param>
/// <param name="Status">What the others think of it.</param>
/// <param name="Started">When it started.</param>
/// <param name="Worker">The id of its worker, by which the queues know it; null where it runs no packs.</param>
public sealed record ClusterNode(
    string Name, string Address, IReadOnlyList<string> Roles, NodeStatus Status, DateTimeOffset Started, string? Worker);
