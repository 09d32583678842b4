using SoraCluster.Domain.Errors;

namespace SoraCluster.Domain.Keys;

/// <param name="Id">The entity's own key.</param>
/// <param name="ExpiresAt">Null: never.</param>
public sealed record IssueApiKey(
    string Id, string Owner, string Name, IReadOnlyList<KeyScope> Scopes, SecretHash Secret, DateTimeOffset? ExpiresAt);

/// <param name="Secret">The new secret.</param>
/// <param name="Overlap">How long the old one still opens, so that clients can change over; zero ends it at once.</param>
public sealed record RotateApiKey(SecretHash Secret, TimeSpan Overlap);

/// <param name="Key">The key when the secret opens it.</param>
/// <param name="Refusal">Why it does not: always <see cref="SoraErrorCode.InvalidApiKey"/>.</param>
public sealed record KeyVerdict(ApiKeyInfo? Key, SoraError? Refusal);

/// <summary>One live key in the directory.</summary>
public sealed record ApiKeyEntry(string Id, string Owner, bool Operator);
