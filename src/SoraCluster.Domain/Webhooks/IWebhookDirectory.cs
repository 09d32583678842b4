namespace SoraCluster.Domain.Webhooks;

/// <summary>Users who have endpoints. Entity key: <see cref="Key"/>. All calls are idempotent.</summary>
public interface IWebhookDirectory
{
    /// <summary>There is one directory.</summary>
    const string Key = "all";

    Task AddAsync(string owner);

    Task RemoveAsync(string owner);

    Task<IReadOnlyList<string>> ListAsync();
}
