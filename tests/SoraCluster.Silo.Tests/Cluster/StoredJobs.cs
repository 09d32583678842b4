using System.Text.Json;
using StackExchange.Redis;

namespace SoraCluster.Silo.Tests.Cluster;

/// <summary>Jobs as their states lie in Redis.</summary>
internal sealed class StoredJobs(IConnectionMultiplexer redis, string cluster)
{
    public async Task<JsonElement> BodyAsync(string id) => (await StateAsync(id)).GetProperty("body");

    /// <summary>The fencing token: how many leases there have been.</summary>
    public async Task<long> TokenAsync(string id) => (await StateAsync(id)).GetProperty("token").GetInt64();

    private async Task<JsonElement> StateAsync(string id) =>
        JsonDocument.Parse((string)(await redis.GetDatabase().HashGetAsync($"{cluster}/state/job/{id}/state", "data"))!).RootElement;
}
