namespace SoraCluster.Domain.Webhooks;

/// <summary>Something that happened to a job, to be told to every endpoint that wants it.</summary>
/// <param name="Id"><c>evt_…</c>; the same for the same job, whoever found out and however often.</param>
/// <param name="Type"><c>video.completed</c> or <c>video.failed</c>.</param>
/// <param name="Payload">The body to send, byte for byte: the signature covers it.</param>
public sealed record WebhookEvent(string Id, string Type, string JobId, string Payload);
