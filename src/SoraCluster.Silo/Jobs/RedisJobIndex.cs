using System.Globalization;
using System.Runtime.CompilerServices;
using SoraCluster.Domain.Errors;
using SoraCluster.Domain.Jobs;
using StackExchange.Redis;

namespace SoraCluster.Silo.Jobs;

/// <summary>
/// The job index in Redis. A job is a hash; the lists are sorted sets whose members begin with the time, so that they are in the
/// order of time and then id, and paging goes on exactly where it stopped. All keys share one hash slot, so each change is one
/// script, whole or not at all.
/// </summary>
/// <param name="redis">The connection.</param>
/// <param name="prefix">Separates clusters that share a Redis.</param>
public sealed class RedisJobIndex(IConnectionMultiplexer redis, string prefix) : IJobIndex
{
    private const int PageSize = 256;

    /// <summary>How long a removed job's place is remembered, in seconds, so that paging can go on from it.</summary>
    private const int RememberRemoved = 24 * 60 * 60;

    private const string Add =
        """
        local state = redis.call('HGET', KEYS[1], 'state')
        if state and state ~= 'removed' then
          if tonumber(ARGV[4]) > tonumber(redis.call('HGET', KEYS[1], 'attempt')) then redis.call('HSET', KEYS[1], 'attempt', ARGV[4]) end
          return 0
        end
        redis.call('HSET', KEYS[1], 'state', 'unfinished', 'owner', ARGV[2], 'created', ARGV[3], 'attempt', ARGV[4])
        redis.call('PERSIST', KEYS[1])
        redis.call('ZADD', KEYS[2], 0, ARGV[3] .. ARGV[1])
        redis.call('ZADD', KEYS[4], 0, ARGV[3] .. ARGV[1])
        return 1
        """;

    private const string Finish =
        """
        local state = redis.call('HGET', KEYS[1], 'state')
        if not state or state == 'removed' then return 0 end
        redis.call('ZREM', KEYS[2], redis.call('HGET', KEYS[1], 'created') .. ARGV[1])
        local former = redis.call('HGET', KEYS[1], 'expires')
        if former then redis.call('ZREM', KEYS[3], former .. ARGV[1]) end
        redis.call('HSET', KEYS[1], 'state', 'finished')
        redis.call('HDEL', KEYS[1], 'expires')
        if ARGV[2] ~= '' then
          redis.call('HSET', KEYS[1], 'expires', ARGV[2])
          redis.call('ZADD', KEYS[3], 0, ARGV[2] .. ARGV[1])
        end
        return 1
        """;

    private const string Remove =
        """
        local state = redis.call('HGET', KEYS[1], 'state')
        if not state or state == 'removed' or tonumber(redis.call('HGET', KEYS[1], 'attempt')) > tonumber(ARGV[3]) then return 0 end
        local member = redis.call('HGET', KEYS[1], 'created') .. ARGV[1]
        redis.call('ZREM', KEYS[2], member)
        redis.call('ZREM', KEYS[4], member)
        local expires = redis.call('HGET', KEYS[1], 'expires')
        if expires then redis.call('ZREM', KEYS[3], expires .. ARGV[1]) end
        redis.call('HDEL', KEYS[1], 'expires')
        redis.call('HSET', KEYS[1], 'state', 'removed')
        redis.call('EXPIRE', KEYS[1], ARGV[2])
        return 1
        """;

    private readonly string root = $"{{{prefix}/jobs}}";

    private RedisKey Unfinished => $"{root}/unfinished";

    private RedisKey Expiring => $"{root}/expiring";

    public Task AddAsync(JobIndexEntry entry) => ChangeAsync(
        Add, entry.JobId, entry.Owner, entry.JobId, entry.Owner, Time(entry.CreatedAt), entry.Attempt);

    public async Task MarkFinishedAsync(string jobId, DateTimeOffset? expiresAt) => await ChangeAsync(
        Finish, jobId, owner: "", jobId, expiresAt is { } at ? Time(at) : "");

    public async Task RemoveAsync(string jobId, int attempt = int.MaxValue)
    {
        var owner = await ReadAsync(db => db.HashGetAsync(Entry(jobId), "owner"));
        if (!owner.IsNull)
        {
            await ChangeAsync(Remove, jobId, owner!, jobId, RememberRemoved, attempt);
        }
    }

    public IAsyncEnumerable<JobIndexEntry> ListUnfinishedAsync(CancellationToken cancellation = default) =>
        ScanAsync(Unfinished, RedisValue.Null, cancellation);

    public IAsyncEnumerable<JobIndexEntry> ListExpiredAsync(DateTimeOffset now, CancellationToken cancellation = default) =>
        ScanAsync(Expiring, Time(now) + "\x7f", cancellation); // job ids are ASCII: the bound lies after all of that time

    public async Task<JobPage> ListByOwnerAsync(JobPageRequest request)
    {
        RedisValue from = default;
        if (request.After is { } after)
        {
            var place = await ReadAsync(db => db.HashGetAsync(Entry(after), ["created", "owner"]));
            if (place[1] != request.Owner)
            {
                return new JobPage([], HasMore: false);
            }

            from = (string)place[0]! + after;
        }

        var order = request.Ascending ? Order.Ascending : Order.Descending;
        var (min, max) = request.Ascending ? (from, default(RedisValue)) : (default, from);
        var members = await ReadAsync(db => db.SortedSetRangeByValueAsync(
            OwnerList(request.Owner), min, max, from.IsNull ? Exclude.None : Exclude.Both, order, 0, request.Limit + 1));
        return new JobPage([.. members.Take(request.Limit).Select(IdOf)], members.Length > request.Limit);
    }

    private async IAsyncEnumerable<JobIndexEntry> ScanAsync(
        RedisKey list, RedisValue until, [EnumeratorCancellation] CancellationToken cancellation)
    {
        RedisValue last = default;
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            var page = await ReadAsync(db => db.SortedSetRangeByValueAsync(
                list, last, until, last.IsNull ? Exclude.None : Exclude.Start, Order.Ascending, 0, PageSize));
            var entries = await ReadAsync(db => Task.WhenAll(page.Select(m => db.HashGetAsync(Entry(IdOf(m)), ["owner", "created", "attempt"]))));
            for (var i = 0; i < page.Length; i++)
            {
                if (entries[i] is [{ IsNull: false } owner, { IsNull: false } created, var attempt])
                {
                    yield return new JobIndexEntry(IdOf(page[i]), owner!, At(created!), (int)attempt);
                }
            }

            if (page.Length < PageSize)
            {
                yield break;
            }

            last = page[^1];
        }
    }

    private Task ChangeAsync(string script, string jobId, string owner, params RedisValue[] arguments) => ReadAsync(db =>
        db.ScriptEvaluateAsync(script, [Entry(jobId), Unfinished, Expiring, OwnerList(owner)], arguments));

    private async Task<T> ReadAsync<T>(Func<IDatabase, Task<T>> call)
    {
        try
        {
            return await call(redis.GetDatabase());
        }
        catch (Exception e) when (e is RedisException or TimeoutException)
        {
            throw new SoraException(
                new SoraError(SoraErrorCode.StorageFailed, "The server's storage did not answer. Please try again in a moment."), e);
        }
    }

    private RedisKey Entry(string jobId) => $"{root}/entry/{jobId}";

    private RedisKey OwnerList(string owner) => $"{root}/owner/{owner}";

    /// <summary>16 hex digits: as text in the order of time.</summary>
    private static string Time(DateTimeOffset at) => at.UtcTicks.ToString("x16", CultureInfo.InvariantCulture);

    private static DateTimeOffset At(string time) => new(long.Parse(time, NumberStyles.HexNumber, CultureInfo.InvariantCulture), TimeSpan.Zero);

    private static string IdOf(RedisValue member) => ((string)member!)[16..];
}
