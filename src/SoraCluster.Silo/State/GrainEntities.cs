using SoraCluster.Domain.Jobs;
using SoraCluster.Domain.Keys;
using SoraCluster.Domain.Presets;
using SoraCluster.Domain.State;
using SoraCluster.Domain.Steps;
using SoraCluster.Domain.Users;
using SoraCluster.Domain.Webhooks;
using SoraCluster.Silo.Jobs;
using SoraCluster.Silo.Keys;
using SoraCluster.Silo.Presets;
using SoraCluster.Silo.Steps;
using SoraCluster.Silo.Users;
using SoraCluster.Silo.Webhooks;

namespace SoraCluster.Silo.State;

/// <summary>Entities are grains, wherever in the cluster they are.</summary>
public sealed class GrainEntities(IGrainFactory grains) : IEntities
{
    private static readonly Dictionary<Type, Func<IGrainFactory, string, object>> Known = new()
    {
        [typeof(IUser)] = (g, key) => g.GetGrain<IUserGrain>(key),
        [typeof(IGenerationJob)] = (g, key) => g.GetGrain<IGenerationJobGrain>(key),
        [typeof(IStepQueue)] = (g, key) => g.GetGrain<IStepQueueGrain>(key),
        [typeof(IApiKey)] = (g, key) => g.GetGrain<IApiKeyGrain>(key),
        [typeof(IApiKeyDirectory)] = (g, key) => g.GetGrain<IApiKeyDirectoryGrain>(key),
        [typeof(IWebhookOutbox)] = (g, key) => g.GetGrain<IWebhookOutboxGrain>(key),
        [typeof(IWebhookDirectory)] = (g, key) => g.GetGrain<IWebhookDirectoryGrain>(key),
        [typeof(IPresetShelf)] = (g, key) => g.GetGrain<IPresetShelfGrain>(key),
    };

    public TEntity Get<TEntity>(string key)
        where TEntity : class => Known.TryGetValue(typeof(TEntity), out var get)
        ? (TEntity)get(grains, key)
        : throw new ArgumentException($"{typeof(TEntity).Name} is not an entity.");
}
