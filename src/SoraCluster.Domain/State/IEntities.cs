namespace SoraCluster.Domain.State;

/// <summary>Reaches entities by interface and key, wherever they live. A reference is cheap and always valid.</summary>
public interface IEntities
{
    TEntity Get<TEntity>(string key)
        where TEntity : class;
}
