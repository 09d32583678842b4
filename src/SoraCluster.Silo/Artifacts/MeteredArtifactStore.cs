using SoraCluster.Domain.Artifacts;
using SoraCluster.Silo.Telemetry;

namespace SoraCluster.Silo.Artifacts;

/// <summary>Measures another store.</summary>
/// <param name="name">Its label: <c>redis</c>, <c>files</c>, <c>s3</c>.</param>
public sealed class MeteredArtifactStore(IArtifactStore store, string name, ArtifactInstruments instruments, TimeProvider clock) : IArtifactStore
{
    public async Task<ArtifactInfo> WriteAsync(
        string key, Func<Stream, CancellationToken, Task> write, CancellationToken cancellation = default)
    {
        var info = await MeasureAsync("write", () => store.WriteAsync(key, write, cancellation));
        instruments.Bytes.Add(info.Length, new KeyValuePair<string, object?>("store", name));
        return info;
    }

    public Task<Stream?> OpenReadAsync(string key, CancellationToken cancellation = default) =>
        MeasureAsync("read", () => store.OpenReadAsync(key, cancellation));

    public Task<ArtifactInfo?> GetInfoAsync(string key, CancellationToken cancellation = default) =>
        MeasureAsync("info", () => store.GetInfoAsync(key, cancellation));

    public Task<bool> DeleteAsync(string key, CancellationToken cancellation = default) =>
        MeasureAsync("delete", () => store.DeleteAsync(key, cancellation));

    public Task DeletePrefixAsync(string prefix, CancellationToken cancellation = default) =>
        MeasureAsync("delete", async () =>
        {
            await store.DeletePrefixAsync(prefix, cancellation);
            return true;
        });

    public IAsyncEnumerable<ArtifactInfo> ListAsync(string prefix, CancellationToken cancellation = default) =>
        store.ListAsync(prefix, cancellation);

    private async Task<T> MeasureAsync<T>(string operation, Func<Task<T>> call)
    {
        var started = clock.GetTimestamp();
        var outcome = "failed";
        try
        {
            var result = await call();
            outcome = "done";
            return result;
        }
        finally
        {
            instruments.Duration.Record(
                clock.GetElapsedTime(started).TotalSeconds, new("store", name), new("operation", operation), new("outcome", outcome));
        }
    }
}
