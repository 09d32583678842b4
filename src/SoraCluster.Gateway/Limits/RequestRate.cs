using System.Collections.Concurrent;
using Microsoft.Extensions.Options;

namespace SoraCluster.Gateway.Limits;

/// <summary>
/// Token buckets, one per user: requests on average and in a burst, as <see cref="GatewayOptions"/> says. Held in memory by
/// each gateway; a restart fills them, which is harmless: the daily allowance is what is durable.
/// </summary>
internal sealed class RequestRate(IOptions<GatewayOptions> options, TimeProvider clock)
{
    /// <summary>Above this many buckets, full ones are dropped: a full bucket says nothing that a new one does not.</summary>
    private const int SweepAbove = 10_000;

    private readonly ConcurrentDictionary<string, Bucket> buckets = new(StringComparer.Ordinal);

    /// <summary>Takes one request's token.</summary>
    public RateVerdict Take(string who)
    {
        var burst = options.Value.RequestBurst;
        var perSecond = options.Value.RequestsPerMinute / 60.0;
        if (perSecond <= 0)
        {
            return new RateVerdict(true, burst, burst, TimeSpan.Zero, TimeSpan.Zero);
        }

        if (buckets.Count > SweepAbove)
        {
            Sweep(burst, perSecond);
        }

        return buckets.GetOrAdd(who, _ => new Bucket(burst, clock.GetTimestamp())).Take(clock, burst, perSecond);
    }

    private void Sweep(int burst, double perSecond)
    {
        foreach (var (who, bucket) in buckets)
        {
            if (bucket.IsFull(clock, burst, perSecond))
            {
                buckets.TryRemove(KeyValuePair.Create(who, bucket));
            }
        }
    }

    private sealed class Bucket(double tokens, long at)
    {
        private readonly Lock gate = new();
        private double tokens = tokens;
        private long at = at;

        public RateVerdict Take(TimeProvider clock, int burst, double perSecond)
        {
            lock (gate)
            {
                Refill(clock, burst, perSecond);
                var allowed = tokens >= 1;
                if (allowed)
                {
                    tokens -= 1;
                }

                var retry = allowed ? TimeSpan.Zero : TimeSpan.FromSeconds((1 - tokens) / perSecond);
                return new RateVerdict(allowed, burst, (int)tokens, TimeSpan.FromSeconds((burst - tokens) / perSecond), retry);
            }
        }

        public bool IsFull(TimeProvider clock, int burst, double perSecond)
        {
            lock (gate)
            {
                Refill(clock, burst, perSecond);
                return tokens >= burst;
            }
        }

        private void Refill(TimeProvider clock, int burst, double perSecond)
        {
            var now = clock.GetTimestamp();
            tokens = Math.Min(burst, tokens + (clock.GetElapsedTime(at, now).TotalSeconds * perSecond));
            at = now;
        }
    }
}
