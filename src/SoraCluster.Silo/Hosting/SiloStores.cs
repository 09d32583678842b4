using System.Globalization;
using System.Net;
using SoraCluster.Domain.Artifacts;
using SoraCluster.S3;
using SoraCluster.Silo.Artifacts;
using SoraCluster.Silo.Telemetry;

namespace SoraCluster.Silo.Hosting;

/// <summary>Where a silo's artifacts lie: checkpoints in Redis, clips in the shared folder or in S3.</summary>
/// <param name="ClipStore">What <paramref name="Clips"/> is, for its metrics.</param>
internal sealed record SiloStores(IArtifactStore Checkpoints, IArtifactStore Clips, string ClipStore)
{
    /// <exception cref="ArtifactStoreException">The shared folder or the bucket cannot be used.</exception>
    public static async Task<SiloStores> OpenAsync(SiloHostOptions options, RedisConnections redis)
    {
        var checkpoints = new RedisArtifactStore(redis.Blobs, options.Cluster);
        if (S3Address.Is(options.Data))
        {
            return new(checkpoints, await S3ArtifactStore.OpenAsync(S3Address.Parse(options.Data)), "s3");
        }

        var owner = string.Create(CultureInfo.InvariantCulture, $"{Dns.GetHostName()}-{options.SiloPort}-{Environment.ProcessId}");
        return new(checkpoints, SharedFolder.Open(options.Data, owner, TimeProvider.System), "files");
    }

    public IArtifactStore Measured(ArtifactInstruments instruments, TimeProvider clock) => new SplitArtifactStore(
        new MeteredArtifactStore(Checkpoints, "redis", instruments, clock),
        new MeteredArtifactStore(Clips, ClipStore, instruments, clock));
}
