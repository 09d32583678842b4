using SoraCluster.Domain.State;

namespace SoraCluster.Domain.Keys;

public class ApiKeyDirectory(IStateSlot<ApiKeyDirectoryState> state) : IApiKeyDirectory
{
    private IReadOnlyList<ApiKeyEntry> Entries => state.Value?.Entries ?? [];

    public Task AddAsync(ApiKeyEntry entry) =>
        Entries.Any(e => e.Id == entry.Id) ? Task.CompletedTask : SaveAsync([.. Entries, entry]);

    public Task RemoveAsync(string keyId) =>
        Entries.Any(e => e.Id == keyId) ? SaveAsync([.. Entries.Where(e => e.Id != keyId)]) : Task.CompletedTask;

    public Task<IReadOnlyList<ApiKeyEntry>> ListAsync() => Task.FromResult(Entries);

    private Task SaveAsync(IReadOnlyList<ApiKeyEntry> entries) => state.SaveAsync(new ApiKeyDirectoryState(entries));
}
