using SoraCluster.Domain.Cluster;

namespace SoraCluster.Local;

/// <summary>This process: it is all there is.</summary>
internal sealed class LocalNodes(LocalServerOptions options, LocalWorkerRoster roster, TimeProvider clock) : IClusterNodes
{
    private readonly DateTimeOffset started = clock.GetUtcNow();

    public Task<IReadOnlyList<ClusterNode>> ListAsync() => Task.FromResult<IReadOnlyList<ClusterNode>>(
    [
        new(
            Environment.MachineName,
            options.Host,
            options.HasWorker ? ["control", "gpu", "gateway"] : ["control", "gateway"],
            NodeStatus.Active,
            started,
            options.HasWorker ? roster.WorkerId : null),
    ]);
}
