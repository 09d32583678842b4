namespace SoraCluster.Domain.Keys;

public sealed record ApiKeyDirectoryState(IReadOnlyList<ApiKeyEntry> Entries);
