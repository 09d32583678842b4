namespace SoraCluster.Domain.Keys;

/// <param name="Previous">The secret before the last rotation, while it still opens.</param>
/// <param name="PreviousUntil">When <paramref name="Previous"/> stops opening.</param>
public sealed record ApiKeyState(
    ApiKeyInfo Info, SecretHash Secret, SecretHash? Previous = null, DateTimeOffset? PreviousUntil = null);
