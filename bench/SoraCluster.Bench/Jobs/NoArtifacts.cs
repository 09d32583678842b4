using SoraCluster.Domain.Artifacts;

namespace SoraCluster.Bench.Jobs;

/// <summary>Keeps nothing: an empty job has nothing to keep, and the queues that it is compared with store no files either.</summary>
internal sealed class NoArtifacts : IArtifactStore
{
    public async Task<ArtifactInfo> WriteAsync(string key, Func<Stream, CancellationToken, Task> write, CancellationToken cancellation = default)
    {
        await write(Stream.Null, cancellation);
        return new ArtifactInfo(key, 0, "");
    }

    public Task<Stream?> OpenReadAsync(string key, CancellationToken cancellation = default) => Task.FromResult<Stream?>(null);

    public Task<ArtifactInfo?> GetInfoAsync(string key, CancellationToken cancellation = default) => Task.FromResult<ArtifactInfo?>(null);

    public Task<bool> DeleteAsync(string key, CancellationToken cancellation = default) => Task.FromResult(false);

    public Task DeletePrefixAsync(string prefix, CancellationToken cancellation = default) => Task.CompletedTask;

    public IAsyncEnumerable<ArtifactInfo> ListAsync(string prefix, CancellationToken cancellation = default) => AsyncEnumerable.Empty<ArtifactInfo>();
}
