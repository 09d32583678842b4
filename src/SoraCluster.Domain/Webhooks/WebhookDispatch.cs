namespace SoraCluster.Domain.Webhooks;

/// <summary>A delivery that is due, with where it goes.</summary>
public sealed record WebhookDispatch(WebhookDelivery Delivery, WebhookEndpoint Endpoint);
