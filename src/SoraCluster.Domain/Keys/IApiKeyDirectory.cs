namespace SoraCluster.Domain.Keys;

/// <summary>The list of keys not revoked. Entity key: <see cref="Key"/>. All calls are idempotent.</summary>
public interface IApiKeyDirectory
{
    /// <summary>There is one directory.</summary>
    const string Key = "all";

    Task AddAsync(ApiKeyEntry entry);

    Task RemoveAsync(string keyId);

    /// <summary>In order of creation.</summary>
    Task<IReadOnlyList<ApiKeyEntry>> ListAsync();
}
