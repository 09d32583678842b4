namespace SoraCluster.Domain.Webhooks;

/// <param name="Expected">Jobs whose end is still to come.</param>
/// <param name="Pending">Deliveries under way, oldest first.</param>
/// <param name="Dead">Deliveries given up, oldest first; the oldest are dropped beyond <see cref="WebhookOutbox.MaxDead"/>.</param>
public sealed record WebhookState(
    IReadOnlyList<WebhookEndpoint> Endpoints,
    IReadOnlyList<ExpectedJob> Expected,
    IReadOnlyList<WebhookDelivery> Pending,
    IReadOnlyList<WebhookDelivery> Dead)
{
    public static WebhookState Empty { get; } = new([], [], [], []);
}
