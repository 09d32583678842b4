using System.Runtime.CompilerServices;
using SoraCluster.Domain.Artifacts;
using SoraCluster.Simulation.Core;

namespace SoraCluster.Simulation.Stores;

/// <summary>The artifacts of the whole cluster, as one process reaches them.</summary>
public sealed class SimArtifactStore(SortedDictionary<string, byte[]> files, SimDisk disk, SimProcess process) : IArtifactStore
{
    public async Task<ArtifactInfo> WriteAsync(
        string key, Func<Stream, CancellationToken, Task> write, CancellationToken cancellation = default)
    {
        using var buffer = new MemoryStream();
        await write(buffer, cancellation);
        var bytes = buffer.ToArray();
        await GuardAsync(async () =>
        {
            await disk.WriteAsync(process, bytes, part => files[key] = part);
            return true;
        });
        return new(key, bytes.Length, null);
    }

    public Task<Stream?> OpenReadAsync(string key, CancellationToken cancellation = default) =>
        TryAsync<Stream?>(() => files.TryGetValue(key, out var bytes) ? new MemoryStream(disk.Fetch(bytes), writable: false) : null);

    public Task<ArtifactInfo?> GetInfoAsync(string key, CancellationToken cancellation = default) =>
        TryAsync(() => files.TryGetValue(key, out var bytes) ? new ArtifactInfo(key, bytes.Length, null) : null);

    public Task<bool> DeleteAsync(string key, CancellationToken cancellation = default) => TryAsync(() => files.Remove(key));

    public Task DeletePrefixAsync(string prefix, CancellationToken cancellation = default) => TryAsync(() =>
    {
        foreach (var key in files.Keys.Where(k => k.StartsWith(prefix, StringComparison.Ordinal)).ToArray())
        {
            files.Remove(key);
        }

        return true;
    });

    public async IAsyncEnumerable<ArtifactInfo> ListAsync(
        string prefix, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        foreach (var key in await TryAsync(() => files.Keys.Where(k => k.StartsWith(prefix, StringComparison.Ordinal)).ToArray()))
        {
            cancellation.ThrowIfCancellationRequested();
            yield return new(key, files[key].Length, null);
        }
    }

    private Task<T> TryAsync<T>(Func<T> effect) => GuardAsync(() => disk.DoAsync(process, effect));

    private static async Task<T> GuardAsync<T>(Func<Task<T>> use)
    {
        try
        {
            return await use();
        }
        catch (IOException e)
        {
            throw new ArtifactStoreException(e.Message, e);
        }
    }
}
