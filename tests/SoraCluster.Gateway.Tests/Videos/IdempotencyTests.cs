using SoraCluster.Gateway.Tests.Support;

namespace SoraCluster.Gateway.Tests.Videos;

public sealed class IdempotencyTests : IAsyncLifetime
{
    private const string Header = "Idempotency-Key";
    private GatewayHost host = null!;

    public async Task InitializeAsync() => host = await GatewayHost.StartAsync(allowance: 2);

    public async Task DisposeAsync() => await host.DisposeAsync();

    [Fact]
    public async Task Create_SameKeySameBody_IsTheSameJobAndCountsOnce()
    {
        using var first = await host.PostJsonAsync("/v1/videos", """{"prompt":"x","seconds":"4"}""", (Header, "k1"));
        using var second = await host.PostJsonAsync("/v1/videos", """{"seconds":"4","prompt":"x"}""", (Header, "k1"));
        var (a, b) = (await first.JsonAsync(200), await second.JsonAsync(200));
        Assert.Equal(a.GetProperty("id").GetString(), b.GetProperty("id").GetString());
        Assert.Null(first.Header("idempotent-replayed"));
        Assert.Equal("true", second.Header("idempotent-replayed"));
        Assert.Equal("1", second.Header("x-ratelimit-remaining-videos"));
    }

    [Fact]
    public async Task Create_SameFormWithAnotherBoundary_IsTheSameJob()
    {
        var ids = new HashSet<string?>();
        foreach (var boundary in (string[])["one", "two"])
        {
            using var form = new MultipartFormDataContent(boundary) { { new StringContent("x"), "prompt" } };
            using var response = await host.SendAsync(HttpMethod.Post, "/v1/videos", form, (Header, "k1"));
            ids.Add((await response.JsonAsync(200)).GetProperty("id").GetString());
        }

        Assert.Single(ids);
    }

    [Theory]
    [InlineData("/v1/videos", """{"prompt":"y"}""")]
    [InlineData("/v1/videos/edits", """{"prompt":"x"}""")]
    public async Task Post_SameKeyForAnotherRequest_IsAConflict(string path, string body)
    {
        using var first = await host.PostJsonAsync("/v1/videos", """{"prompt":"x"}""", (Header, "k1"));
        await first.JsonAsync(200);
        using var other = await host.PostJsonAsync(path, body, (Header, "k1"));
        await other.ErrorAsync(409, "idempotency_conflict", "Idempotency-Key");
        Assert.Equal("false", other.Header("x-should-retry"));
    }

    [Fact]
    public async Task Create_TwentyAtOnceWithOneKey_MakeOneJob()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(async _ =>
        {
            using var response = await host.PostJsonAsync("/v1/videos", """{"prompt":"x"}""", (Header, "k"));
            return (await response.JsonAsync(200)).GetProperty("id").GetString();
        }));
        Assert.Single(answers.Distinct());
        using var limits = await host.SendAsync(HttpMethod.Get, "/v1/me/limits");
        Assert.Equal(1, (await limits.JsonAsync(200)).GetProperty("videos").GetProperty("used").GetInt32());
    }

    [Fact]
    public async Task Create_KeyTooLong_IsRefused()
    {
        using var response = await host.PostJsonAsync("/v1/videos", """{"prompt":"x"}""", (Header, new string('a', 256)));
        await response.ErrorAsync(400, "invalid_request_error", Header);
    }
}
