using System.Runtime.CompilerServices;
using SoraCluster.Domain.Artifacts;

namespace SoraCluster.Silo.Artifacts;

/// <summary>Checkpoints in one store, which is quick and near, everything else in another, which is large and lasts.</summary>
public sealed class SplitArtifactStore(IArtifactStore checkpoints, IArtifactStore others) : IArtifactStore
{
    public Task<ArtifactInfo> WriteAsync(
        string key, Func<Stream, CancellationToken, Task> write, CancellationToken cancellation = default) =>
        Of(key).WriteAsync(key, write, cancellation);

    public Task<Stream?> OpenReadAsync(string key, CancellationToken cancellation = default) => Of(key).OpenReadAsync(key, cancellation);

    public Task<ArtifactInfo?> GetInfoAsync(string key, CancellationToken cancellation = default) => Of(key).GetInfoAsync(key, cancellation);

    public Task<bool> DeleteAsync(string key, CancellationToken cancellation = default) => Of(key).DeleteAsync(key, cancellation);

    public async Task DeletePrefixAsync(string prefix, CancellationToken cancellation = default)
    {
        await checkpoints.DeletePrefixAsync(prefix, cancellation);
        if (!IsCheckpoint(prefix))
        {
            await others.DeletePrefixAsync(prefix, cancellation);
        }
    }

    /// <summary>The checkpoints first; the two together are in no order.</summary>
    public async IAsyncEnumerable<ArtifactInfo> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        await foreach (var info in checkpoints.ListAsync(prefix, cancellation))
        {
            yield return info;
        }

        await foreach (var info in others.ListAsync(prefix, cancellation))
        {
            yield return info;
        }
    }

    private IArtifactStore Of(string key) => IsCheckpoint(key) ? checkpoints : others;

    /// <summary><c>jobs/{id}/checkpoints/…</c>, as <see cref="Domain.Jobs.JobArtifacts"/> names them.</summary>
    private static bool IsCheckpoint(string key) => key.Split('/') is ["jobs", _, "checkpoints", _, ..];
}
