namespace SoraCluster.Testing.Hosting;

/// <summary>Carries one call to an entity: in turn, over a lossy network, not at all; whatever the host under test does.</summary>
public interface IEntityCaller<TEntity>
{
    Task<T> CallAsync<T>(Func<TEntity, Task<T>> call);
}
