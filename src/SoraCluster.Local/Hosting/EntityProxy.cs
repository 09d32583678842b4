using System.Reflection;

namespace SoraCluster.Local.Hosting;

/// <summary>A reference to an entity: turns each call of its interface into a turn. Holds no activation, so it never goes stale.</summary>
internal class EntityProxy : DispatchProxy
{
    private EntityHost host = null!;
    private EntityId id;
    private bool awaited;

    /// <param name="awaited">False: the caller's turn does not wait for these calls.</param>
    internal static TEntity Create<TEntity>(EntityHost host, EntityId id, bool awaited)
        where TEntity : class
    {
        var entity = Create<TEntity, EntityProxy>();
        var proxy = (EntityProxy)(object)entity;
        proxy.host = host;
        proxy.id = id;
        proxy.awaited = awaited;
        return entity;
    }

    public override string ToString() => id.ToString();

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
        EntityMethod.For(targetMethod!).Call(host, id, args ?? [], awaited);
}
