using Microsoft.Extensions.Logging;
using SoraCluster.Domain.Artifacts;

namespace SoraCluster.Worker.Leases;

/// <summary>The artifact store, tried again with growing pauses for <see cref="WorkerOptions.StoreRetryFor"/>.</summary>
internal sealed partial class RetryingStore(
    IArtifactStore store, WorkerOptions options, TimeProvider clock, WorkerInstruments instruments, ILogger logger)
{
    public Task<ArtifactInfo> WriteAsync(string key, Func<Stream, CancellationToken, Task> write, CancellationToken cancellation) =>
        TryAsync(key, () => store.WriteAsync(key, write, cancellation), cancellation);

    /// <summary>The whole artifact in memory, or null when there is none.</summary>
    public Task<byte[]?> ReadAsync(string key, CancellationToken cancellation) => TryAsync(
        key,
        async () =>
        {
            await using var stream = await store.OpenReadAsync(key, cancellation);
            if (stream is null)
            {
                return null;
            }

            using var memory = new MemoryStream();
            await stream.CopyToAsync(memory, cancellation);
            return memory.ToArray();
        },
        cancellation);

    public Task<List<string>> ListAsync(string prefix, CancellationToken cancellation) => TryAsync(
        prefix,
        async () =>
        {
            var keys = new List<string>();
            await foreach (var info in store.ListAsync(prefix, cancellation))
            {
                keys.Add(info.Key);
            }

            return keys;
        },
        cancellation);

    /// <summary>Removes what is of no use any more; what cannot be removed stays and does no harm.</summary>
    public async Task DiscardAsync(IEnumerable<string> keys, CancellationToken cancellation)
    {
        foreach (var key in keys)
        {
            try
            {
                await store.DeleteAsync(key, cancellation);
            }
            catch (Exception e) when (IsStoreTrouble(e))
            {
                NotDiscarded(e, key);
            }
        }
    }

    public static bool IsStoreTrouble(Exception e) => e is ArtifactStoreException or IOException;

    private async Task<T> TryAsync<T>(string key, Func<Task<T>> call, CancellationToken cancellation)
    {
        var pauses = new Backoff(options.RetryPause, Backoff.SeedOf(key));
        var started = clock.GetTimestamp();
        while (true)
        {
            try
            {
                return await call();
            }
            catch (Exception e) when (IsStoreTrouble(e) && clock.GetElapsedTime(started) < options.StoreRetryFor)
            {
                instruments.StoreRetries.Add(1);
                TriedInVain(e, key);
            }

            await Task.Delay(pauses.Next(), clock, cancellation);
        }
    }
}
