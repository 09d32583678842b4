namespace SoraCluster.Gateway.Webhooks;

/// <param name="Secret">Only in the answer that registers it, null ever after.</param>
internal sealed record WebhookResource(
    string Id, string Object, string Url, IReadOnlyList<string> Events, long CreatedAt, string? Secret);

internal sealed record WebhookPage(string Object, IReadOnlyList<WebhookResource> Data);

internal sealed record WebhookDeleted(string Id, string Object, bool Deleted);

/// <summary>A delivery that was given up, or (as the answer to a replay) is under way again.</summary>
internal sealed record DeadLetterResource(
    string Id, string Object, string WebhookId, string EventId, string EventType, string VideoId, int Attempts, string? LastError);

internal sealed record DeadLetterPage(string Object, IReadOnlyList<DeadLetterResource> Data);

internal sealed record ReplayResource(string Id, string Object, bool Replayed);

/// <summary>What is sent to an endpoint, in the libraries' shape.</summary>
internal sealed record WebhookPayload(string Id, string Object, long CreatedAt, string Type, WebhookData Data);

internal sealed record WebhookData(string Id);
