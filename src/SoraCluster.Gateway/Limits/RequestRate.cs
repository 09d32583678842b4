using System.Collections.Concurrent;
using Microsoft.Extensions.Options;

namespace SoraCluster.Gateway.Limits;

/// <summary>
/// Token buckets: requests per user, and refused keys per address, as <see cref="GatewayOptions"/> says. Held in memory by
/// each gateway; a restart fills them, which is harmless: the daily allowance is what is durable.
/// </summary>
internal sealed class RequestRate(IOptions<GatewayOptions> options, TimeProvider clock)
{
    /// <summary>Above this many buckets, full ones are dropped: a full bucket says nothing that a new one does not.</summary>
    private const int SweepAbove = 10_000;

    private readonly ConcurrentDictionary<string, Bucket> buckets = new(StringComparer.Ordinal);

    /// <summary>Takes one request's token from a user's bucket.</summary>
    public RateVerdict Take(string user) =>
        Take("user:" + user, options.Value.RequestBurst, options.Value.RequestsPerMinute / 60.0);

    /// <summary>Counts a refused key against the address it came from.</summary>
    public RateVerdict TakeRefused(string address) =>
        Take("refused:" + address, Math.Max(1, options.Value.RefusedKeysPerMinute), options.Value.RefusedKeysPerMinute / 60.0);

    private RateVerdict Take(string who, int burst, double perSecond)
    {
        if (perSecond <= 0)
        {
            return new RateVerdict(true, burst, burst, TimeSpan.Zero, TimeSpan.Zero);
        }

        if (buckets.Count > SweepAbove)
        {
            Sweep();
        }

        return buckets.GetOrAdd(who, _ => new Bucket(clock, burst, perSecond)).Take();
    }

    private void Sweep()
    {
        foreach (var (who, bucket) in buckets)
        {
            if (bucket.IsFull())
            {
                buckets.TryRemove(KeyValuePair.Create(who, bucket));
            }
        }
    }

    private sealed class Bucket(TimeProvider clock, int burst, double perSecond)
    {
        private readonly Lock gate = new();
        private double tokens = burst;
        private long at = clock.GetTimestamp();

        public RateVerdict Take()
        {
            lock (gate)
            {
                Refill();
                var allowed = tokens >= 1;
                if (allowed)
                {
                    tokens -= 1;
                }

                var retry = allowed ? TimeSpan.Zero : TimeSpan.FromSeconds((1 - tokens) / perSecond);
                return new RateVerdict(allowed, burst, (int)tokens, TimeSpan.FromSeconds((burst - tokens) / perSecond), retry);
            }
        }

        public bool IsFull()
        {
            lock (gate)
            {
                Refill();
                return tokens >= burst;
            }
        }

        private void Refill()
        {
            var now = clock.GetTimestamp();
            tokens = Math.Min(burst, tokens + (clock.GetElapsedTime(at, now).TotalSeconds * perSecond));
            at = now;
        }
    }
}
