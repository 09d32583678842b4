namespace SoraCluster.Gateway.Keys;

/// <param name="Key">The whole key; only in the answer that issues or rotates it, null ever after.</param>
internal sealed record KeyResource(
    string Id, string Object, string Owner, string Name, IReadOnlyList<string> Scopes,
    long CreatedAt, long? ExpiresAt, long? RevokedAt, string? Key);

internal sealed record KeyPage(string Object, IReadOnlyList<KeyResource> Data);
