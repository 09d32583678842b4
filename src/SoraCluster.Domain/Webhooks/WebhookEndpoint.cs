namespace SoraCluster.Domain.Webhooks;

/// <summary>An address that is told of its owner's videos.</summary>
/// <param name="Id"><c>whep_…</c>.</param>
/// <param name="Url">Absolute; <c>https</c> unless the operator allows private addresses.</param>
/// <param name="Events">Event types it wants, such as <c>video.completed</c>.</param>
/// <param name="Secret">What deliveries are signed with: <c>whsec_</c> and base64.</param>
public sealed record WebhookEndpoint(string Id, string Url, IReadOnlyList<string> Events, string Secret, DateTimeOffset CreatedAt);
