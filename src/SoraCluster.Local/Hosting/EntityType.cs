using System.Text.Json.Serialization.Metadata;
using SoraCluster.Domain.State;

namespace SoraCluster.Local.Hosting;

/// <summary>How entities of one interface are made: registered once, before the host starts.</summary>
public abstract class EntityType
{
    private EntityType(Type contract, string name, bool keepActive)
    {
        EntityMethod.RequireCallable(contract);
        Contract = contract;
        Name = name;
        KeepActive = keepActive;
    }

    /// <summary>The entity's interface.</summary>
    public Type Contract { get; }

    /// <summary>Name of the type in the store: it must not change while data lives.</summary>
    public string Name { get; }

    /// <summary>Never let go for being idle: what it holds in memory is worth keeping.</summary>
    public bool KeepActive { get; }

    /// <summary>An entity with a durable state slot.</summary>
    public static EntityType Durable<TEntity, TState>(
        string name, JsonTypeInfo<TState> json, Func<string, IStateSlot<TState>, IEntities, TEntity> create, bool keepActive = false)
        where TEntity : class
        where TState : class => new WithState<TEntity, TState>(name, json, create, keepActive);

    /// <summary>An entity that lives in memory only.</summary>
    public static EntityType InMemory<TEntity>(string name, Func<string, IEntities, TEntity> create, bool keepActive = false)
        where TEntity : class => new WithoutState<TEntity>(name, create, keepActive);

    internal abstract ValueTask<(object Entity, IActivationSlot? Slot)> ActivateAsync(EntityHost host, string key);

    private sealed class WithState<TEntity, TState>(
        string name, JsonTypeInfo<TState> json, Func<string, IStateSlot<TState>, IEntities, TEntity> create, bool keepActive)
        : EntityType(typeof(TEntity), name, keepActive)
        where TEntity : class
        where TState : class
    {
        internal override async ValueTask<(object Entity, IActivationSlot? Slot)> ActivateAsync(EntityHost host, string key)
        {
            var slot = new StoredSlot<TState>(host.Store, Name, key, json);
            await slot.LoadAsync();
            return (create(key, slot, host), slot);
        }
    }

    private sealed class WithoutState<TEntity>(string name, Func<string, IEntities, TEntity> create, bool keepActive)
        : EntityType(typeof(TEntity), name, keepActive)
        where TEntity : class
    {
        internal override ValueTask<(object Entity, IActivationSlot? Slot)> ActivateAsync(EntityHost host, string key) =>
            new((create(key, host), null));
    }
}
