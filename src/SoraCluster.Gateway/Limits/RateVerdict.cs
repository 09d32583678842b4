namespace SoraCluster.Gateway.Limits;

/// <param name="Limit">Requests in a full bucket.</param>
/// <param name="Remaining">Whole requests left in it now.</param>
/// <param name="Reset">Until it is full again.</param>
/// <param name="RetryAfter">Until the next request is let through.</param>
internal readonly record struct RateVerdict(bool Allowed, int Limit, int Remaining, TimeSpan Reset, TimeSpan RetryAfter);
