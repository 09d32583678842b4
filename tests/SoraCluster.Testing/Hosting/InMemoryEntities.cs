using System.Collections.Concurrent;
using SoraCluster.Domain.Jobs;
using SoraCluster.Domain.State;
using SoraCluster.Domain.Steps;
using SoraCluster.Domain.Users;

namespace SoraCluster.Testing.Hosting;

/// <summary>
/// Hosts the entities in process: one activation for each type and key, one call at a time. An activation whose call met a
/// <see cref="StateConflictException"/> is dropped, and the next call loads afresh.
/// </summary>
public sealed class InMemoryEntities : IEntities
{
    private readonly ConcurrentDictionary<(Type, string), object> references = new();
    private readonly Dictionary<Type, Func<string, object>> create = [];

    /// <summary>Says how an entity is activated, from its key.</summary>
    public void Register<TEntity>(Func<string, TEntity> activate)
        where TEntity : class => create[typeof(TEntity)] = activate;

    public TEntity Get<TEntity>(string key)
        where TEntity : class => (TEntity)Host<TEntity>(key).Proxy;

    /// <summary>Lets an activation go, as a crash or an idle timeout would; its memory is lost.</summary>
    public void Deactivate<TEntity>(string key)
        where TEntity : class => Host<TEntity>(key).Drop();

    private Activation<TEntity> Host<TEntity>(string key)
        where TEntity : class =>
        (Activation<TEntity>)references.GetOrAdd((typeof(TEntity), key), _ => new Activation<TEntity>(() => (TEntity)create[typeof(TEntity)](key)));

    private sealed class Activation<TEntity> : IEntityCaller<TEntity>
        where TEntity : class
    {
        private readonly Turns turns = new();
        private readonly Func<TEntity> activate;
        private TEntity? entity;

        public Activation(Func<TEntity> activate)
        {
            this.activate = activate;
            Proxy = this switch
            {
                IEntityCaller<IUser> user => EntityProxies.User(user),
                IEntityCaller<IGenerationJob> job => EntityProxies.Job(job),
                IEntityCaller<IStepQueue> queue => EntityProxies.Queue(queue),
                _ => throw new NotSupportedException($"No proxy for {typeof(TEntity)}."),
            };
        }

        public object Proxy { get; }

        public void Drop() => entity = null;

        public Task<T> CallAsync<T>(Func<TEntity, Task<T>> call) => turns.RunAsync(async () =>
        {
            try
            {
                return await call(entity ??= activate()).ConfigureAwait(false);
            }
            catch (StateConflictException)
            {
                Drop();
                throw;
            }
        });
    }
}
