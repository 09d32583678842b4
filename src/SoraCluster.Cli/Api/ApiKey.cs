namespace SoraCluster.Cli.Api;

/// <summary>An API key as operators see it.</summary>
internal sealed record ApiKey
{
    public required string Id { get; init; }
    public required string Owner { get; init; }
    public required string Name { get; init; }
    public IReadOnlyList<string> Scopes { get; init; } = [];
    public long CreatedAt { get; init; }
    public long? ExpiresAt { get; init; }
    /// <summary>The key itself; only in the answer that issues or rotates it.</summary>
    public string? Key { get; init; }
}

internal sealed record ApiKeyList(IReadOnlyList<ApiKey> Data);

/// <summary>The body of an issue request.</summary>
/// <param name="ExpiresIn">Seconds; null: never.</param>
internal sealed record IssueKey(string Owner, string? Name, string Scope, long? ExpiresIn);

/// <param name="Overlap">Seconds for which the former secret still opens.</param>
internal sealed record RotateKey(long Overlap);
