namespace SoraCluster.Domain.Keys;

/// <summary>A key without its secret.</summary>
/// <param name="Id">The public part: the middle of <c>sora_ID_SECRET</c>.</param>
/// <param name="Owner">The user that the key speaks for.</param>
/// <param name="Name">What its owner calls it.</param>
/// <param name="ExpiresAt">From then on it opens nothing; null: never.</param>
/// <param name="RevokedAt">Since then it opens nothing.</param>
public sealed record ApiKeyInfo(
    string Id,
    string Owner,
    string Name,
    IReadOnlyList<KeyScope> Scopes,
    DateTimeOffset CreatedAt,
    DateTimeOffset? ExpiresAt,
    DateTimeOffset? RevokedAt);
