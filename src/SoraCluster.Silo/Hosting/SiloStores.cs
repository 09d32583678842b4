using System.Globalization;
using System.Net;
using SoraCluster.Domain.Artifacts;
using SoraCluster.Silo.Artifacts;
using SoraCluster.Silo.Telemetry;

namespace SoraCluster.Silo.Hosting;

/// <summary>Where a silo's artifacts lie: checkpoints in Redis, clips in the shared folder.</summary>
internal sealed record SiloStores(IArtifactStore Checkpoints, IArtifactStore Clips)
{
    /// <exception cref="ArtifactStoreException">The shared folder cannot be used.</exception>
    public static SiloStores Open(SiloHostOptions options, RedisConnections redis)
    {
        var owner = string.Create(CultureInfo.InvariantCulture, $"{Dns.GetHostName()}-{options.SiloPort}-{Environment.ProcessId}");
        return new SiloStores(
            new RedisArtifactStore(redis.Blobs, options.Cluster), SharedFolder.Open(options.Data, owner, TimeProvider.System));
    }

    public IArtifactStore Measured(ArtifactInstruments instruments, TimeProvider clock) => new SplitArtifactStore(
        new MeteredArtifactStore(Checkpoints, "redis", instruments, clock),
        new MeteredArtifactStore(Clips, "files", instruments, clock));
}
