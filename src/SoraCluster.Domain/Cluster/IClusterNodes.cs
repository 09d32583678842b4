namespace SoraCluster.Domain.Cluster;

/// <summary>The processes that are, or lately were, part of this server: one in local mode, the silos of a cluster.</summary>
public interface IClusterNodes
{
    Task<IReadOnlyList<ClusterNode>> ListAsync();
}
