using System.Net;
using System.Text.Json;

namespace SoraCluster.Gateway.Tests.Support;

internal static class HttpAssertions
{
    /// <summary>The JSON body, when the status is as expected.</summary>
    public static async Task<JsonElement> JsonAsync(this HttpResponseMessage response, int status)
    {
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(status == (int)response.StatusCode, $"{(int)response.StatusCode} {text}");
        Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
        return JsonDocument.Parse(text).RootElement;
    }

    /// <summary>The error of a refusal in the wire's shape; checks what every refusal must have.</summary>
    public static async Task<JsonElement> ErrorAsync(this HttpResponseMessage response, int status, string code, string? param = null)
    {
        var body = await response.JsonAsync(status);
        var error = body.GetProperty("error");
        Assert.Equal(code, error.GetProperty("code").GetString());
        Assert.Equal(param, error.GetProperty("param").GetString());
        Assert.False(string.IsNullOrWhiteSpace(error.GetProperty("message").GetString()));
        Assert.NotNull(error.GetProperty("type").GetString());
        Assert.StartsWith("req_", response.Header("x-request-id"), StringComparison.Ordinal);
        return error;
    }

    public static string? Header(this HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) || response.Content.Headers.TryGetValues(name, out values)
            ? string.Join(",", values)
            : null;

    public static string Message(this JsonElement error) => error.GetProperty("message").GetString()!;

    public static void Is(this HttpResponseMessage response, HttpStatusCode status) => Assert.Equal(status, response.StatusCode);
}
