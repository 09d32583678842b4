using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using SoraCluster.Domain.Artifacts;
using StackExchange.Redis;

namespace SoraCluster.Silo.Artifacts;

/// <summary>
/// Small artifacts that live for minutes (latents, checkpoints), as Redis strings of at most 512 MiB. A sorted set lists the keys.
/// A key is listed before it is written and struck out after it is deleted, so the list never lacks one that is there, and no
/// operation needs two keys at once: they may lie on any node of a Redis Cluster.
/// </summary>
/// <param name="redis">A connection of its own: large values would hold up what shares it.</param>
/// <param name="prefix">Separates clusters that share a Redis.</param>
public sealed class RedisArtifactStore(IConnectionMultiplexer redis, string prefix) : IArtifactStore
{
    private const int PageSize = 256;

    private RedisKey List => $"{prefix}/artifacts";

    public async Task<ArtifactInfo> WriteAsync(
        string key, Func<Stream, CancellationToken, Task> write, CancellationToken cancellation = default)
    {
        ArtifactKeys.Check(key);
        using var memory = new MemoryStream();
        await write(memory, cancellation);
        cancellation.ThrowIfCancellationRequested();
        var bytes = memory.GetBuffer().AsMemory(0, (int)memory.Length);
        await CallAsync(async db =>
        {
            await db.SortedSetAddAsync(List, key, 0);
            await db.StringSetAsync(Blob(key), bytes);

            // Again: a prefix that was deleted between the two has struck it out.
            return await db.SortedSetAddAsync(List, key, 0);
        });
        return new ArtifactInfo(key, bytes.Length, Convert.ToHexStringLower(SHA256.HashData(bytes.Span)));
    }

    public async Task<Stream?> OpenReadAsync(string key, CancellationToken cancellation = default)
    {
        ArtifactKeys.Check(key);
        var bytes = (byte[]?)await CallAsync(db => db.StringGetAsync(Blob(key)));
        return bytes is null ? null : new MemoryStream(bytes, writable: false);
    }

    public async Task<ArtifactInfo?> GetInfoAsync(string key, CancellationToken cancellation = default)
    {
        ArtifactKeys.Check(key);
        return await InfoAsync(key);
    }

    public async Task<bool> DeleteAsync(string key, CancellationToken cancellation = default)
    {
        ArtifactKeys.Check(key);
        return await CallAsync(async db =>
        {
            var deleted = await db.KeyDeleteAsync(Blob(key));
            await db.SortedSetRemoveAsync(List, key);
            return deleted;
        });
    }

    public async Task DeletePrefixAsync(string prefix, CancellationToken cancellation = default)
    {
        ArtifactKeys.CheckPrefix(prefix);
        foreach (var key in await KeysAsync(prefix, after: null, long.MaxValue))
        {
            await DeleteAsync(key, cancellation);
        }
    }

    public async IAsyncEnumerable<ArtifactInfo> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        if (prefix.Length > 0)
        {
            ArtifactKeys.CheckPrefix(prefix);
        }

        string? last = null;
        while (await KeysAsync(prefix, last, PageSize) is { Count: > 0 } page)
        {
            foreach (var key in page)
            {
                cancellation.ThrowIfCancellationRequested();
                if (await InfoAsync(key) is { } info)
                {
                    yield return info;
                }
            }

            last = page[^1];
        }
    }

    private Task<ArtifactInfo?> InfoAsync(string key) => CallAsync(async db =>
    {
        var length = db.StringLengthAsync(Blob(key));
        return await db.KeyExistsAsync(Blob(key)) ? new ArtifactInfo(key, await length, null) : null;
    });

    private async Task<IReadOnlyList<string>> KeysAsync(string prefix, string? after, long limit)
    {
        RedisValue min = after ?? prefix;
        RedisValue max = prefix.Length == 0 ? default : prefix[..^1] + "0"; // '0' is the character after '/'
        var found = await CallAsync(db => db.SortedSetRangeByValueAsync(
            List, min, max, after is null ? Exclude.Stop : Exclude.Both, Order.Ascending, 0, limit == long.MaxValue ? -1 : limit));
        return [.. found.Select(k => k.ToString())];
    }

    private async Task<T> CallAsync<T>(Func<IDatabase, Task<T>> call)
    {
        try
        {
            return await call(redis.GetDatabase());
        }
        catch (Exception e) when (e is RedisException or TimeoutException)
        {
            throw new ArtifactStoreException("Redis did not take or give an artifact; look at its memory limit and its log.", e);
        }
    }

    private RedisKey Blob(string key) => $"{prefix}/artifact/{key}";
}
