using SoraCluster.Domain.State;

namespace SoraCluster.Domain.Webhooks;

public class WebhookDirectory(IStateSlot<WebhookDirectoryState> state) : IWebhookDirectory
{
    private IReadOnlyList<string> Owners => state.Value?.Owners ?? [];

    public Task AddAsync(string owner) =>
        Owners.Contains(owner) ? Task.CompletedTask : state.SaveAsync(new WebhookDirectoryState([.. Owners, owner]));

    public Task RemoveAsync(string owner) =>
        Owners.Contains(owner) ? state.SaveAsync(new WebhookDirectoryState([.. Owners.Where(o => o != owner)])) : Task.CompletedTask;

    public Task<IReadOnlyList<string>> ListAsync() => Task.FromResult(Owners);
}
