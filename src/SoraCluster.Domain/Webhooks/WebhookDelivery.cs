namespace SoraCluster.Domain.Webhooks;

/// <summary>One event on its way to one endpoint.</summary>
/// <param name="Id">Event and endpoint: <c>evt_….whep_…</c>.</param>
/// <param name="Since">When the event was recorded, or replayed: deliveries are tried for a day from then.</param>
/// <param name="Attempts">Tries that failed.</param>
/// <param name="NextAt">When to try next.</param>
/// <param name="LastError">How the last try failed, in a few words.</param>
public sealed record WebhookDelivery(
    string Id, WebhookEvent Event, string EndpointId, DateTimeOffset Since, int Attempts, DateTimeOffset NextAt, string? LastError);
