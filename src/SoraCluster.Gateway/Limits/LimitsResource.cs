namespace SoraCluster.Gateway.Limits;

/// <summary>The answer of <c>GET /v1/me/limits</c>.</summary>
internal sealed record LimitsResource(string Object, string User, VideoLimit Videos, RequestLimit Requests);

/// <param name="NextSlotAt">Unix seconds at which the next slot frees; null when all are free.</param>
internal sealed record VideoLimit(int Limit, int Used, int Remaining, long? NextSlotAt, long WindowSeconds);

internal sealed record RequestLimit(int PerMinute, int Burst);
