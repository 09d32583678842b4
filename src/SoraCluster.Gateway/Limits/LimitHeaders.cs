using System.Globalization;
using Microsoft.AspNetCore.Http;
using SoraCluster.Domain.Users;

namespace SoraCluster.Gateway.Limits;

/// <summary>Tells the limits on an answer, in the spelling that client libraries know (<c>6m0s</c>).</summary>
internal static class LimitHeaders
{
    public static void Set(IHeaderDictionary headers, RateVerdict rate)
    {
        headers["x-ratelimit-limit-requests"] = Number(rate.Limit);
        headers["x-ratelimit-remaining-requests"] = Number(rate.Remaining);
        headers["x-ratelimit-reset-requests"] = Duration(rate.Reset);
    }

    public static void Set(IHeaderDictionary headers, Allowance allowance, DateTimeOffset now)
    {
        headers["x-ratelimit-limit-videos"] = Number(allowance.Limit);
        headers["x-ratelimit-remaining-videos"] = Number(allowance.Remaining);
        headers["x-ratelimit-reset-videos"] = Duration(allowance.NextSlotAt is { } at && at > now ? at - now : TimeSpan.Zero);
    }

    /// <summary><c>250ms</c>, <c>12s</c>, <c>6m0s</c>, <c>23h59m59s</c>; rounded up, so that nobody comes too early.</summary>
    internal static string Duration(TimeSpan time)
    {
        if (time < TimeSpan.FromSeconds(1))
        {
            return time <= TimeSpan.Zero ? "0s" : string.Create(CultureInfo.InvariantCulture, $"{Math.Ceiling(time.TotalMilliseconds)}ms");
        }

        var seconds = (long)Math.Ceiling(time.TotalSeconds);
        var (h, m, s) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
        return h > 0 ? $"{h}h{m}m{s}s" : m > 0 ? $"{m}m{s}s" : $"{s}s";
    }

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
