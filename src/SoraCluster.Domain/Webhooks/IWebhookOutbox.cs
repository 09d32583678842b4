namespace SoraCluster.Domain.Webhooks;

/// <summary>
/// One user's webhook endpoints and the durable outbox behind them. Entity key: the user id. An event is delivered to each
/// endpoint at least once, or ends in the dead-letter list. All calls can be repeated.
/// </summary>
public interface IWebhookOutbox
{
    /// <returns>False when the user has as many endpoints as one may (<see cref="WebhookOutbox.MaxEndpoints"/>).</returns>
    Task<bool> AddEndpointAsync(WebhookEndpoint endpoint);

    /// <summary>Removes an endpoint and what was on its way there.</summary>
    /// <returns>False when there was none.</returns>
    Task<bool> RemoveEndpointAsync(string endpointId);

    Task<IReadOnlyList<WebhookEndpoint>> ListEndpointsAsync();

    /// <summary>
    /// A job is about to be submitted: its end will be told. Stored before the job is, so that no crash in between loses the
    /// event; does nothing for a user without endpoints.
    /// </summary>
    Task ExpectAsync(string jobId);

    /// <summary>Jobs whose end is still to come.</summary>
    Task<IReadOnlyList<ExpectedJob>> ListExpectedAsync();

    /// <summary>An expected job has ended: a delivery for each endpoint that wants it. Unexpected ones change nothing.</summary>
    Task RecordAsync(WebhookEvent happened);

    /// <summary>An expected job will never end: it was refused, or deleted.</summary>
    Task ForgetAsync(string jobId);

    /// <summary>Deliveries that are due, each handed out once per <see cref="WebhookOutbox.ClaimTime"/>.</summary>
    Task<IReadOnlyList<WebhookDispatch>> ClaimDueAsync();

    /// <summary>What became of a delivery: gone, tried again later, or dead after a day.</summary>
    Task SettleAsync(WebhookOutcome outcome);

    Task<IReadOnlyList<WebhookDelivery>> ListDeadAsync();

    /// <summary>Sends a dead letter anew, for another day.</summary>
    /// <returns>False when there is none of that id, or its endpoint is gone.</returns>
    Task<bool> ReplayAsync(string deliveryId);
}
