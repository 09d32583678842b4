using System.Text;
using SoraCluster.Gateway.Identity;
using SoraCluster.Gateway.Tests.Support;

namespace SoraCluster.Gateway.Tests.Identity;

public sealed class KeyTests : IAsyncLifetime
{
    private GatewayHost host = null!;

    public async Task InitializeAsync() => host = await GatewayHost.StartAsync();

    public async Task DisposeAsync() => await host.DisposeAsync();

    [Fact]
    public async Task Request_NoKeyExistsOnLoopback_IsTheLocalUsers()
    {
        using var response = await host.SendAsync(HttpMethod.Get, "/v1/me/limits");
        Assert.Equal("local", (await response.JsonAsync(200)).GetProperty("user").GetString());
    }

    [Theory]
    [InlineData("X-Forwarded-For", "203.0.113.9")]
    [InlineData("Host", "sora.example.com")]
    [InlineData("Origin", "https://evil.example")]
    public async Task Request_LooksLocalButIsNot_NeedsAKey(string header, string value)
    {
        using var response = await host.SendAsync(HttpMethod.Get, "/v1/me/limits", null, (header, value));
        await response.ErrorAsync(401, "invalid_api_key");
    }

    [Fact]
    public async Task Request_OnceAKeyExists_NeedsOne()
    {
        var key = await IssueAsync("alice", "operator");
        using var without = await host.SendAsync(HttpMethod.Get, "/v1/me/limits");
        using var malformed = await SendAsync(HttpMethod.Get, "/v1/me/limits", "sora_nonsense");
        using var wrong = await SendAsync(HttpMethod.Get, "/v1/me/limits", key[..^1] + (key[^1] == '0' ? '1' : '0'));
        using var with = await SendAsync(HttpMethod.Get, "/v1/me/limits", key);
        await without.ErrorAsync(401, "invalid_api_key");
        await malformed.ErrorAsync(401, "invalid_api_key");
        await wrong.ErrorAsync(401, "invalid_api_key");
        Assert.Equal("alice", (await with.JsonAsync(200)).GetProperty("user").GetString());
    }

    [Fact]
    public async Task Revoke_OpenKey_OpensNothingFromThenOn()
    {
        var key = await IssueAsync("alice", "operator");
        var other = await IssueAsync("bob", "user", key);
        using var revoked = await SendAsync(HttpMethod.Delete, $"/v1/keys/{IdOf(other)}", key);
        await revoked.JsonAsync(200);
        using var response = await SendAsync(HttpMethod.Get, "/v1/me/limits", other);
        Assert.Contains("revoked", (await response.ErrorAsync(401, "invalid_api_key")).Message(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Expiry_Passed_OpensNothing()
    {
        var key = await IssueAsync("alice", "operator", expiresIn: 60);
        host.Clock.Advance(TimeSpan.FromSeconds(61));
        using var response = await SendAsync(HttpMethod.Get, "/v1/me/limits", key);
        Assert.Contains("expired", (await response.ErrorAsync(401, "invalid_api_key")).Message(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rotate_WithOverlap_BothOpenUntilItEnds()
    {
        var old = await IssueAsync("alice", "operator");
        using var rotated = await host.SendAsync(
            HttpMethod.Post, $"/v1/keys/{IdOf(old)}/rotate",
            new StringContent("""{"overlap":60}""", Encoding.UTF8, "application/json"), ("Authorization", $"Bearer {old}"));
        var fresh = (await rotated.JsonAsync(200)).GetProperty("key").GetString()!;
        Assert.NotEqual(old, fresh);
        Assert.True(await OpensAsync(old));
        Assert.True(await OpensAsync(fresh));
        host.Clock.Advance(TimeSpan.FromSeconds(61));
        Assert.False(await OpensAsync(old));
        Assert.True(await OpensAsync(fresh));
    }

    [Fact]
    public async Task Keys_ListedAndStored_NeverShowTheSecret()
    {
        var key = await IssueAsync("alice", "operator");
        using var response = await SendAsync(HttpMethod.Get, "/v1/keys", key);
        var list = (await response.JsonAsync(200)).GetRawText();
        Assert.Contains(IdOf(key), list, StringComparison.Ordinal);
        Assert.DoesNotContain(key.Split('_')[2], list, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keys_UserScope_CannotManageKeys()
    {
        var operatorKey = await IssueAsync("alice", "operator");
        var userKey = await IssueAsync("bob", "user", operatorKey);
        using var response = await SendAsync(HttpMethod.Get, "/v1/keys", userKey);
        await response.ErrorAsync(403, "permission_denied");
    }

    [Fact]
    public async Task Keys_FileInTheBody_IsRefusedAndNotStored()
    {
        using var form = new MultipartFormDataContent { { new ByteArrayContent([1]), "owner", "a.bin" } };
        using var response = await host.SendAsync(HttpMethod.Post, "/v1/keys", form);
        await response.ErrorAsync(400, "invalid_request_error", "owner");
        Assert.Empty(host.Artifacts.Keys);
    }

    [Fact]
    public async Task Keys_FirstIsAUsers_IsRefusedSinceNobodyCouldIssueMore()
    {
        using var response = await host.PostJsonAsync("/v1/keys", """{"owner":"bob"}""");
        await response.ErrorAsync(409, "conflict", "scope");
    }

    [Fact]
    public async Task Keys_LastOperatorKeyWhileUsersHaveKeys_StaysThere()
    {
        var operatorKey = await IssueAsync("alice", "operator");
        await IssueAsync("bob", "user", operatorKey);
        using var response = await SendAsync(HttpMethod.Delete, $"/v1/keys/{IdOf(operatorKey)}", operatorKey);
        await response.ErrorAsync(409, "conflict");
        Assert.True(await OpensAsync(operatorKey));
    }

    [Theory]
    [InlineData("http://127.0.0.1:8080", true)]
    [InlineData("http://[::1]:8080", true)]
    [InlineData("http://localhost:8080", true)]
    [InlineData("http://0.0.0.0:8080", false)]
    [InlineData("http://*:8080", false)]
    [InlineData("http://[::]:8080", false)]
    [InlineData("http://192.168.1.5:8080", false)]
    public async Task ListenGuard_NoKeys_AllowsLoopbackOnly(string url, bool allowed)
    {
        var refusal = await ListenGuard.RefusalAsync([url], host.Entities);
        Assert.Equal(allowed, refusal is null);
        await IssueAsync("alice", "operator");
        Assert.Null(await ListenGuard.RefusalAsync([url], host.Entities));
    }

    private async Task<bool> OpensAsync(string key)
    {
        using var response = await SendAsync(HttpMethod.Get, "/v1/me/limits", key);
        return response.IsSuccessStatusCode;
    }

    private Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string key) =>
        host.SendAsync(method, path, null, ("Authorization", $"Bearer {key}"));

    private Task<string> IssueAsync(string owner, string scope, string? with = null, int? expiresIn = null) =>
        host.IssueKeyAsync(owner, scope, with, expiresIn);

    private static string IdOf(string key) => key.Split('_')[1];
}
