namespace SoraCluster.Gateway.Health;

/// <param name="Status"><c>ok</c>, or <c>unavailable</c> with the reason.</param>
internal sealed record HealthResource(string Status, string? Reason, int Models);
