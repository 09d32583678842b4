using System.Globalization;
using System.Text;

namespace SoraCluster.Domain.Steps;

/// <summary>
/// Which queue a job belongs to: one per pack and shard. All jobs of one owner share a shard, so that what a queue counts per
/// user is exact.
/// </summary>
public static class QueueKeys
{
    /// <summary><c>pack</c> when there is one shard, otherwise <c>pack#k</c> with k in 0 to shards − 1.</summary>
    public static string For(string pack, string owner, int shards) => Shard(pack, Home(owner, shards), shards);

    /// <summary>All queues of a pack, the home shard of <paramref name="workerId"/> first, then the others in turn.</summary>
    public static IReadOnlyList<string> Ordered(string pack, string workerId, int shards)
    {
        var home = Home(workerId, shards);
        return [.. Enumerable.Range(0, shards).Select(i => Shard(pack, (home + i) % shards, shards))];
    }

    /// <summary>The pack of a queue.</summary>
    public static string PackOf(string queue) => queue.LastIndexOf('#') is var at and > 0 ? queue[..at] : queue;

    /// <summary>All queues of a pack.</summary>
    public static IEnumerable<string> All(string pack, int shards) => Enumerable.Range(0, shards).Select(i => Shard(pack, i, shards));

    private static string Shard(string pack, int shard, int shards) =>
        shards <= 1 ? pack : string.Create(CultureInfo.InvariantCulture, $"{pack}#{shard}");

    /// <summary>FNV-1a over the UTF-8 bytes: the same in every process, unlike <see cref="string.GetHashCode()"/>.</summary>
    private static int Home(string name, int shards)
    {
        var hash = 14695981039346656037UL;
        foreach (var b in Encoding.UTF8.GetBytes(name))
        {
            hash = (hash ^ b) * 1099511628211UL;
        }

        return (int)((hash ^ (hash >> 32)) % (ulong)Math.Max(1, shards));
    }
}
