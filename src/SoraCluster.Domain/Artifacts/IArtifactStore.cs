namespace SoraCluster.Domain.Artifacts;

/// <summary>
/// Clips, latents and checkpoints by key (<c>jobs/{id}/video.mp4</c>). A key is there whole or not at all; a write over an
/// existing key replaces it in one step.
/// </summary>
public interface IArtifactStore
{
    /// <summary>Stores what <paramref name="write"/> writes, atomically.</summary>
    /// <exception cref="ArtifactStoreException">The store is full, read-only or unreachable; nothing was changed.</exception>
    Task<ArtifactInfo> WriteAsync(string key, Func<Stream, CancellationToken, Task> write, CancellationToken cancellation = default);

    /// <summary>Opens for reading (seekable), or null when there is none.</summary>
    Task<Stream?> OpenReadAsync(string key, CancellationToken cancellation = default);

    Task<ArtifactInfo?> GetInfoAsync(string key, CancellationToken cancellation = default);

    /// <summary>Removes one key; false when it was not there.</summary>
    Task<bool> DeleteAsync(string key, CancellationToken cancellation = default);

    /// <summary>Removes every key below a prefix that ends in <c>/</c>.</summary>
    Task DeletePrefixAsync(string prefix, CancellationToken cancellation = default);

    IAsyncEnumerable<ArtifactInfo> ListAsync(string prefix, CancellationToken cancellation = default);
}
