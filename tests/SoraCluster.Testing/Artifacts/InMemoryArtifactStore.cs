using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using SoraCluster.Domain.Artifacts;

namespace SoraCluster.Testing.Artifacts;

/// <summary>Artifacts in memory; a write is seen whole or not at all.</summary>
public sealed class InMemoryArtifactStore : IArtifactStore
{
    private readonly Lock gate = new();
    private readonly SortedDictionary<string, byte[]> files = new(StringComparer.Ordinal);

    /// <summary>Called with the key before every change; what it throws, the caller sees, and nothing was changed.</summary>
    public Func<string, Task>? BeforeChange { get; set; }

    public async Task<ArtifactInfo> WriteAsync(
        string key, Func<Stream, CancellationToken, Task> write, CancellationToken cancellation = default)
    {
        ArtifactKeys.Check(key);
        using var buffer = new MemoryStream();
        await write(buffer, cancellation);
        cancellation.ThrowIfCancellationRequested();
        await (BeforeChange?.Invoke(key) ?? Task.CompletedTask);
        var bytes = buffer.ToArray();
        lock (gate)
        {
            files[key] = bytes;
        }

        return Info(key, bytes);
    }

    public Task<Stream?> OpenReadAsync(string key, CancellationToken cancellation = default)
    {
        lock (gate)
        {
            return Task.FromResult<Stream?>(files.TryGetValue(key, out var bytes) ? new MemoryStream(bytes, writable: false) : null);
        }
    }

    public Task<ArtifactInfo?> GetInfoAsync(string key, CancellationToken cancellation = default)
    {
        lock (gate)
        {
            return Task.FromResult(files.TryGetValue(key, out var bytes) ? Info(key, bytes) : null);
        }
    }

    public async Task<bool> DeleteAsync(string key, CancellationToken cancellation = default)
    {
        await (BeforeChange?.Invoke(key) ?? Task.CompletedTask);
        lock (gate)
        {
            return files.Remove(key);
        }
    }

    public async Task DeletePrefixAsync(string prefix, CancellationToken cancellation = default)
    {
        ArtifactKeys.CheckPrefix(prefix);
        await (BeforeChange?.Invoke(prefix) ?? Task.CompletedTask);
        lock (gate)
        {
            foreach (var key in files.Keys.Where(k => k.StartsWith(prefix, StringComparison.Ordinal)).ToArray())
            {
                files.Remove(key);
            }
        }
    }

    public async IAsyncEnumerable<ArtifactInfo> ListAsync(
        string prefix, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        ArtifactInfo[] found;
        lock (gate)
        {
            found = [.. files.Where(f => f.Key.StartsWith(prefix, StringComparison.Ordinal)).Select(f => Info(f.Key, f.Value))];
        }

        foreach (var info in found)
        {
            cancellation.ThrowIfCancellationRequested();
            yield return info;
        }

        await Task.CompletedTask;
    }

    private static ArtifactInfo Info(string key, byte[] bytes) =>
        new(key, bytes.Length, Convert.ToHexStringLower(SHA256.HashData(bytes)));
}
