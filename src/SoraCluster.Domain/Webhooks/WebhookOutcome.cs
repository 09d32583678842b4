namespace SoraCluster.Domain.Webhooks;

/// <param name="Error">Null when the endpoint took it; otherwise how the try failed.</param>
public sealed record WebhookOutcome(string DeliveryId, string? Error);
