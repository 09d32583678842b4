using System.Net;
using System.Net.Http.Headers;
using SoraCluster.Gateway.Tests.Support;

namespace SoraCluster.Gateway.Tests.Videos;

public sealed class ReadTests : IAsyncLifetime
{
    private GatewayHost host = null!;

    public async Task InitializeAsync() => host = await GatewayHost.StartAsync();

    public async Task DisposeAsync() => await host.DisposeAsync();

    [Fact]
    public async Task Get_JobInProgress_TellsStepAndEstimate()
    {
        var id = await host.CreateAsync();
        await host.StartAsync(id, step: 6);
        host.Clock.Advance(TimeSpan.FromSeconds(6));
        using var response = await host.SendAsync(HttpMethod.Get, $"/v1/videos/{id}");
        var video = await response.JsonAsync(200);
        var sora = video.GetProperty("sora");
        Assert.Equal("in_progress", video.GetProperty("status").GetString());
        Assert.Equal(23, video.GetProperty("progress").GetInt32());
        Assert.Equal(6, sora.GetProperty("step").GetInt32());
        Assert.Equal(24, sora.GetProperty("total_steps").GetInt32());

        // One second a step so far, 18 steps to go, and 0.1 s of packaging for each of the 4 seconds.
        Assert.Equal(18.4, sora.GetProperty("seconds_left").GetDouble());
        Assert.Equal("1840", response.Header("openai-poll-after-ms"));
    }

    [Fact]
    public async Task Get_QueuedBehindOthers_EstimatesTheirCost()
    {
        host.Queue.Waiting = 10;
        var id = await host.CreateAsync();
        using var response = await host.SendAsync(HttpMethod.Get, $"/v1/videos/{id}");
        var sora = (await response.JsonAsync(200)).GetProperty("sora");

        // 4 s are 3 windows of 24 steps at 0.05 s, and 0.4 s of packaging: 4 s each, ten of them. Its own 24 steps cost what the queue is told, 0.1 s each.
        Assert.Equal(40, sora.GetProperty("seconds_until_start").GetDouble());
        Assert.Equal(42.8, sora.GetProperty("seconds_left").GetDouble(), 6);
    }

    [Fact]
    public async Task Get_Cancelled_IsFailedWithCodeCancelled()
    {
        var id = await host.CreateAsync();
        using var cancelled = await host.SendAsync(HttpMethod.Post, $"/v1/videos/{id}/cancel");
        var video = await cancelled.JsonAsync(200);
        Assert.Equal("failed", video.GetProperty("status").GetString());
        Assert.Equal("cancelled", video.GetProperty("error").GetProperty("code").GetString());
    }

    [Fact]
    public async Task Get_Failed_TellsWhy()
    {
        var id = await host.CreateAsync();
        await host.FailAsync(id);
        using var response = await host.SendAsync(HttpMethod.Get, $"/v1/videos/{id}");
        var error = (await response.JsonAsync(200)).GetProperty("error");
        Assert.Equal("media_failed", error.GetProperty("code").GetString());
        Assert.Contains("packaged", error.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_FailedInJapanese_TellsWhyInJapanese()
    {
        var id = await host.CreateAsync();
        await host.FailAsync(id);
        using var one = await host.SendAsync(HttpMethod.Get, $"/v1/videos/{id}", null, ("Accept-Language", "ja"));
        using var content = await host.SendAsync(HttpMethod.Get, $"/v1/videos/{id}/content", null, ("Accept-Language", "ja"));
        Assert.Contains("変換に失敗", (await one.JsonAsync(200)).GetProperty("error").GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Contains("変換に失敗", (await content.JsonAsync(400)).GetProperty("error").GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_Expired_IsGoneFromEverywhere()
    {
        var id = await host.CreateAsync();
        await host.CompleteAsync(id);
        host.Clock.Advance(TimeSpan.FromHours(25));
        using var one = await host.SendAsync(HttpMethod.Get, $"/v1/videos/{id}");
        using var content = await host.SendAsync(HttpMethod.Get, $"/v1/videos/{id}/content");
        using var list = await host.SendAsync(HttpMethod.Get, "/v1/videos");
        await one.ErrorAsync(404, "not_found");
        await content.ErrorAsync(404, "not_found");
        Assert.Equal(0, (await list.JsonAsync(200)).GetProperty("data").GetArrayLength());
    }

    [Fact]
    public async Task Delete_Running_CancelsAndForgets()
    {
        var id = await host.CreateAsync();
        await host.StartAsync(id);
        using var deleted = await host.SendAsync(HttpMethod.Delete, $"/v1/videos/{id}");
        var body = await deleted.JsonAsync(200);
        Assert.Equal(
            $$"""{"id":"{{id}}","object":"video.deleted","deleted":true}""", body.GetRawText());
        using var again = await host.SendAsync(HttpMethod.Delete, $"/v1/videos/{id}");
        await again.ErrorAsync(404, "not_found");
    }

    [Fact]
    public async Task Content_Completed_ComesWholeWithTagAndLength()
    {
        var id = await CompletedAsync();
        using var response = await host.SendAsync(HttpMethod.Get, $"/v1/videos/{id}/content");
        response.Is(HttpStatusCode.OK);
        Assert.Equal("video/mp4", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal(ScriptedWorker.Clip, await response.Content.ReadAsByteArrayAsync());
        Assert.NotNull(response.Headers.ETag);
    }

    [Fact]
    public async Task Content_Range_GivesThatPart()
    {
        var id = await CompletedAsync();
        using var response = await host.SendAsync(HttpMethod.Get, $"/v1/videos/{id}/content", null, ("Range", "bytes=100-199"));
        response.Is(HttpStatusCode.PartialContent);
        Assert.Equal(ScriptedWorker.Clip[100..200], await response.Content.ReadAsByteArrayAsync());
        Assert.Equal(new ContentRangeHeaderValue(100, 199, 4096), response.Content.Headers.ContentRange);
    }

    [Fact]
    public async Task Content_RangeBeyondTheEnd_Is416InTheErrorShape()
    {
        var id = await CompletedAsync();
        using var response = await host.SendAsync(HttpMethod.Get, $"/v1/videos/{id}/content", null, ("Range", "bytes=5000-"));
        await response.ErrorAsync(416, "range_not_satisfiable");
    }

    [Fact]
    public async Task Content_KnownTag_IsNotSentAgain()
    {
        var id = await CompletedAsync();
        using var first = await host.SendAsync(HttpMethod.Head, $"/v1/videos/{id}/content");
        first.Is(HttpStatusCode.OK);
        Assert.Equal(4096, first.Content.Headers.ContentLength);
        Assert.Empty(await first.Content.ReadAsByteArrayAsync());
        using var second = await host.SendAsync(
            HttpMethod.Get, $"/v1/videos/{id}/content", null, ("If-None-Match", first.Headers.ETag!.ToString()));
        second.Is(HttpStatusCode.NotModified);
    }

    [Theory]
    [InlineData("thumbnail", 1)]
    [InlineData("spritesheet", 2)]
    public async Task Content_Variants_ArePictures(string variant, byte last)
    {
        var id = await CompletedAsync();
        using var response = await host.SendAsync(HttpMethod.Get, $"/v1/videos/{id}/content?variant={variant}");
        Assert.Equal("image/jpeg", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal([0xFF, 0xD8, 0xFF, last], await response.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task Content_NotReadyOrUnknownVariant_SaysWhatToDo()
    {
        var id = await host.CreateAsync();
        using var early = await host.SendAsync(HttpMethod.Get, $"/v1/videos/{id}/content");
        Assert.Contains("Poll", (await early.ErrorAsync(400, "invalid_request_error")).Message(), StringComparison.Ordinal);
        await host.CompleteAsync(id);
        using var variant = await host.SendAsync(HttpMethod.Get, $"/v1/videos/{id}/content?variant=gif");
        await variant.ErrorAsync(400, "invalid_request_error", "variant");
    }

    [Fact]
    public async Task Trace_Completed_TellsWaitAndCost()
    {
        var id = await host.CreateAsync();
        host.Clock.Advance(TimeSpan.FromSeconds(3));
        await host.CompleteAsync(id);
        using var response = await host.SendAsync(HttpMethod.Get, $"/v1/videos/{id}/trace");
        var trace = await response.JsonAsync(200);
        Assert.Equal(3, trace.GetProperty("waited_seconds").GetDouble());
        Assert.Equal(0.6, trace.GetProperty("device_seconds").GetDouble());
        Assert.Equal("standard", trace.GetProperty("service_class").GetString());
    }

    [Theory]
    [InlineData("video_0123456789abcdef0123456789abcdef")]
    [InlineData("video_XYZ")]
    [InlineData("characters")]
    [InlineData("..%2f..%2fetc")]
    public async Task Get_NoSuchVideo_Is404(string id)
    {
        using var response = await host.SendAsync(HttpMethod.Get, $"/v1/videos/{id}");
        await response.ErrorAsync(404, "not_found");
    }

    private async Task<string> CompletedAsync()
    {
        var id = await host.CreateAsync();
        await host.CompleteAsync(id);
        return id;
    }
}
