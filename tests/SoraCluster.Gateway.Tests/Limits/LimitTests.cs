using SoraCluster.Gateway.Limits;
using SoraCluster.Gateway.Tests.Support;

namespace SoraCluster.Gateway.Tests.Limits;

public sealed class LimitTests
{
    private const string Create = """{"prompt":"x"}""";

    private static readonly string[] Told =
    [
        "x-request-id", "x-ratelimit-limit-requests", "x-ratelimit-remaining-requests", "x-ratelimit-reset-requests",
        "x-ratelimit-limit-videos", "x-ratelimit-remaining-videos", "x-ratelimit-reset-videos",
    ];

    [Fact]
    public async Task Allowance_UsedUp_IsRefusedInTheExactWordsWithTheTrueCount()
    {
        await using var host = await GatewayHost.StartAsync(allowance: 2);
        await host.CreateAsync();
        host.Clock.Advance(TimeSpan.FromHours(1));
        await host.CreateAsync();
        using var response = await host.PostJsonAsync("/v1/videos", Create);
        var error = await response.ErrorAsync(429, "rate_limit_exceeded");
        Assert.StartsWith(
            "You've already generated 2 videos in the last day. Please try again later.", error.Message(), StringComparison.Ordinal);
        Assert.Equal("82800", response.Header("Retry-After"));
        Assert.Equal("false", response.Header("x-should-retry"));
        Assert.Equal("0", response.Header("x-ratelimit-remaining-videos"));
        Assert.Equal("23h0m0s", response.Header("x-ratelimit-reset-videos"));
    }

    [Fact]
    public async Task Allowance_UsedUp_IsToldInJapaneseWithTheCount()
    {
        await using var host = await GatewayHost.StartAsync(allowance: 1);
        await host.CreateAsync();
        using var response = await host.PostJsonAsync("/v1/videos", Create, ("Accept-Language", "ja"));
        var error = await response.ErrorAsync(429, "rate_limit_exceeded");
        Assert.Contains("1 本", error.Message(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Allowance_ManyAtOnce_LetsThroughExactlyTheLimit()
    {
        await using var host = await GatewayHost.StartAsync(o => o.RequestBurst = 1000, allowance: 30);
        var statuses = await Task.WhenAll(Enumerable.Range(0, 200).Select(async _ =>
        {
            using var response = await host.PostJsonAsync("/v1/videos", Create);
            return (int)response.StatusCode;
        }));
        Assert.Equal(30, statuses.Count(s => s == 200));
        Assert.Equal(170, statuses.Count(s => s == 429));
    }

    [Fact]
    public async Task UnderWay_ManyAtOnce_LetsThroughExactlyTheLimitUntilOneEnds()
    {
        await using var host = await GatewayHost.StartAsync(o => o.RequestBurst = 1000, allowance: 30, underWay: 3);
        var ids = (await Task.WhenAll(Enumerable.Range(0, 20).Select(async _ =>
        {
            using var response = await host.PostJsonAsync("/v1/videos", Create);
            return response.IsSuccessStatusCode ? (await response.JsonAsync(200)).GetProperty("id").GetString() : null;
        }))).OfType<string>().ToArray();
        Assert.Equal(3, ids.Length);

        using var refused = await host.PostJsonAsync("/v1/videos", Create, ("Accept-Language", "ja"));
        Assert.Contains("作成中", (await refused.ErrorAsync(429, "rate_limit_exceeded")).Message(), StringComparison.Ordinal);
        Assert.Equal("27", refused.Header("x-ratelimit-remaining-videos"));
        await host.CompleteAsync(ids[0]);
        await host.CreateAsync();
    }

    [Fact]
    public async Task Allowance_FailedJob_GivesItsSlotBack()
    {
        await using var host = await GatewayHost.StartAsync(allowance: 1);
        await host.FailAsync(await host.CreateAsync());
        await host.CreateAsync();
    }

    [Fact]
    public async Task Rate_BurstSpent_IsRefusedUntilTheBucketRefills()
    {
        await using var host = await GatewayHost.StartAsync(o => (o.RequestsPerMinute, o.RequestBurst) = (60, 3));
        for (var i = 0; i < 3; i++)
        {
            using var ok = await host.SendAsync(HttpMethod.Get, "/v1/models");
            await ok.JsonAsync(200);
            Assert.Equal($"{2 - i}", ok.Header("x-ratelimit-remaining-requests"));
        }

        using var refused = await host.SendAsync(HttpMethod.Get, "/v1/models");
        await refused.ErrorAsync(429, "rate_limit_exceeded");
        Assert.Equal("1", refused.Header("Retry-After"));
        host.Clock.Advance(TimeSpan.FromSeconds(1));
        using var again = await host.SendAsync(HttpMethod.Get, "/v1/models");
        await again.JsonAsync(200);
    }

    [Fact]
    public async Task Rate_RefusedKeysFromOneAddress_AreSlowedDown()
    {
        await using var host = await GatewayHost.StartAsync(o => o.RefusedKeysPerMinute = 3);
        var key = await host.IssueKeyAsync("alice", "operator");
        for (var i = 0; i < 3; i++)
        {
            using var refused = await host.SendAsync(HttpMethod.Get, "/v1/models", null, ("Authorization", "Bearer sora_guess"));
            await refused.ErrorAsync(401, "invalid_api_key");
        }

        using var slowed = await host.SendAsync(HttpMethod.Get, "/v1/models", null, ("Authorization", "Bearer sora_guess"));
        await slowed.ErrorAsync(429, "rate_limit_exceeded");
        using var right = await host.SendAsync(HttpMethod.Get, "/v1/models", null, ("Authorization", $"Bearer {key}"));
        await right.JsonAsync(200);
    }

    [Fact]
    public async Task Queue_LongerThanAccepted_Is503WithAnHonestRetryAfter()
    {
        await using var host = await GatewayHost.StartAsync(o => o.MaxQueueWait = TimeSpan.FromSeconds(30));
        host.Queue.Waiting = 10;
        using var response = await host.PostJsonAsync("/v1/videos", Create);
        await response.ErrorAsync(503, "overloaded");

        // Ten jobs of 4 s: 40 s, ten more than are accepted.
        Assert.Equal("10", response.Header("Retry-After"));
        Assert.Equal("30", response.Header("x-ratelimit-remaining-videos"));
    }

    [Theory]
    [InlineData("GET", "/v1/models", 200)]
    [InlineData("GET", "/v1/nothing", 404)]
    [InlineData("PUT", "/v1/videos", 405)]
    [InlineData("POST", "/v1/videos", 400)]
    [InlineData("GET", "/v1/videos?limit=0", 400)]
    public async Task Headers_OnEveryAnswer_AreThere(string method, string path, int status)
    {
        await using var host = await GatewayHost.StartAsync();
        using var response = await host.SendAsync(new HttpMethod(method), path);
        await response.JsonAsync(status);
        Assert.All(Told, name => Assert.NotNull(response.Header(name)));
    }

    [Theory]
    [InlineData("00:00:00", "0s")]
    [InlineData("00:00:00.2501", "251ms")]
    [InlineData("00:00:11.5", "12s")]
    [InlineData("00:06:00", "6m0s")]
    [InlineData("23:59:59", "23h59m59s")]
    public void Duration_AnyTime_IsSpelledAsLibrariesExpect(string time, string spelled) =>
        Assert.Equal(spelled, LimitHeaders.Duration(TimeSpan.Parse(time, System.Globalization.CultureInfo.InvariantCulture)));
}
