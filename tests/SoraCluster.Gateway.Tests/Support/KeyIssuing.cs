using System.Text.Json;

namespace SoraCluster.Gateway.Tests.Support;

internal static class KeyIssuing
{
    /// <summary>Issues a key through the API, with another key once there is one.</summary>
    public static async Task<string> IssueKeyAsync(
        this GatewayHost host, string owner, string scope, string? with = null, int? expiresIn = null)
    {
        var body = new Dictionary<string, object> { ["owner"] = owner, ["scope"] = scope };
        if (expiresIn is { } seconds)
        {
            body["expires_in"] = seconds;
        }

        (string, string)[] headers = with is null ? [] : [("Authorization", $"Bearer {with}")];
        using var response = await host.PostJsonAsync("/v1/keys", JsonSerializer.Serialize(body), headers);
        return (await response.JsonAsync(200)).GetProperty("key").GetString()!;
    }
}
