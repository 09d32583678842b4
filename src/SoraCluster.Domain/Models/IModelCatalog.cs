namespace SoraCluster.Domain.Models;

/// <summary>The packs that can be asked for, as the gateway needs to know them: to list, to check requests against, to estimate.</summary>
public interface IModelCatalog
{
    /// <summary>What there is now; the first is meant when a request names no model. Ids and aliases are unique.</summary>
    IReadOnlyList<ModelInfo> Models { get; }
}
