using System.Collections.Concurrent;
using System.Text;
using SoraCluster.Domain.Artifacts;

namespace SoraCluster.Worker.Tests.Fakes;

/// <summary>Artifacts in memory; a test can make it fail or hold it up.</summary>
internal sealed class MemoryStore : IArtifactStore
{
    private readonly ConcurrentDictionary<string, byte[]> artifacts = new();
    private int opened;

    /// <summary>Called before every write with its key: throws to fail it, waits to slow it down.</summary>
    public Func<string, Task> OnWrite { get; set; } = _ => Task.CompletedTask;

    /// <summary>Called before every read with its key.</summary>
    public Func<string, Task> OnRead { get; set; } = _ => Task.CompletedTask;

    public int Reads => opened;

    public IEnumerable<string> Keys => artifacts.Keys.Order(StringComparer.Ordinal);

    public string? Text(string key) => artifacts.TryGetValue(key, out var bytes) ? Encoding.ASCII.GetString(bytes) : null;

    public byte[]? Read(string key) => artifacts.GetValueOrDefault(key);

    public void Put(string key, byte[] bytes) => artifacts[key] = bytes;

    public void Put(string key, string text) => artifacts[key] = Encoding.ASCII.GetBytes(text);

    public async Task<ArtifactInfo> WriteAsync(string key, Func<Stream, CancellationToken, Task> write, CancellationToken cancellation)
    {
        await OnWrite(key).WaitAsync(cancellation);
        using var memory = new MemoryStream();
        await write(memory, cancellation);
        artifacts[key] = memory.ToArray();
        return new ArtifactInfo(key, memory.Length, null);
    }

    public async Task<Stream?> OpenReadAsync(string key, CancellationToken cancellation)
    {
        Interlocked.Increment(ref opened);
        await OnRead(key);
        return artifacts.TryGetValue(key, out var bytes) ? new MemoryStream(bytes, writable: false) : null;
    }

    public Task<ArtifactInfo?> GetInfoAsync(string key, CancellationToken cancellation) =>
        Task.FromResult(artifacts.TryGetValue(key, out var bytes) ? new ArtifactInfo(key, bytes.Length, null) : null);

    public Task<bool> DeleteAsync(string key, CancellationToken cancellation) => Task.FromResult(artifacts.TryRemove(key, out _));

    public Task DeletePrefixAsync(string prefix, CancellationToken cancellation)
    {
        foreach (var key in artifacts.Keys.Where(key => key.StartsWith(prefix, StringComparison.Ordinal)))
        {
            artifacts.TryRemove(key, out _);
        }

        return Task.CompletedTask;
    }

    public async IAsyncEnumerable<ArtifactInfo> ListAsync(
        string prefix, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        await Task.CompletedTask;
        foreach (var (key, bytes) in artifacts.Where(pair => pair.Key.StartsWith(prefix, StringComparison.Ordinal)))
        {
            yield return new ArtifactInfo(key, bytes.Length, null);
        }
    }
}
