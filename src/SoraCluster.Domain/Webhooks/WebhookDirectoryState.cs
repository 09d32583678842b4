namespace SoraCluster.Domain.Webhooks;

public sealed record WebhookDirectoryState(IReadOnlyList<string> Owners);
