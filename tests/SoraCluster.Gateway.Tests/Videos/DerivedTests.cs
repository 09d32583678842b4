using SoraCluster.Domain.Jobs;
using SoraCluster.Gateway.Tests.Support;

namespace SoraCluster.Gateway.Tests.Videos;

public sealed class DerivedTests : IAsyncLifetime
{
    private GatewayHost host = null!;

    public async Task InitializeAsync() => host = await GatewayHost.StartAsync();

    public async Task DisposeAsync() => await host.DisposeAsync();

    [Theory]
    [InlineData("/v1/videos/{0}/remix", """{"prompt":"y"}""")]
    [InlineData("/v1/videos/{0}/loop", "{}")]
    [InlineData("/v1/videos/edits", """{"prompt":"y","video":{"id":"{0}"}}""")]
    [InlineData("/v1/videos/extensions", """{"prompt":"y","seconds":"4","video":{"id":"{0}"}}""")]
    [InlineData("/v1/videos/blends", """{"prompt":"y","videos":["{0}","{0}"]}""")]
    public async Task Post_PackCannot_IsRefusedAndTakesNoSlot(string path, string body)
    {
        var id = await CompletedAsync();
        using var response = await host.PostJsonAsync(path.Replace("{0}", id), body.Replace("{0}", id));
        var error = await response.ErrorAsync(400, "unsupported_by_model", "model");
        Assert.Contains("What it can do: create", error.Message(), StringComparison.Ordinal);
        Assert.Equal("29", response.Header("x-ratelimit-remaining-videos"));
    }

    [Fact]
    public async Task Characters_None_IsFound()
    {
        using var read = await host.SendAsync(HttpMethod.Get, "/v1/videos/characters/char_1");
        await read.ErrorAsync(404, "not_found");
    }

    [Fact]
    public async Task Remix_PackCan_KeepsWhatTheSourceWasMadeWith()
    {
        AllowEverything();
        var source = await CompletedAsync("""{"prompt":"x","seed":7,"seconds":"2","size":"128x64"}""");
        using var response = await host.PostJsonAsync($"/v1/videos/{source}/remix", """{"prompt":"y"}""");
        var video = await response.JsonAsync(200);
        Assert.Equal(source, video.GetProperty("remixed_from_video_id").GetString());
        Assert.Equal("y", video.GetProperty("prompt").GetString());
        Assert.Equal("2", video.GetProperty("seconds").GetString());
        Assert.NotEqual(7, video.GetProperty("sora").GetProperty("seed").GetInt64());
        Assert.Equal(source, video.GetProperty("sora").GetProperty("source_video_id").GetString());
        Assert.Equal("remix", video.GetProperty("sora").GetProperty("operation").GetString());
        var job = await host.Job(video.GetProperty("id").GetString()!).GetAsync();
        Assert.Equal((JobOperation.Remix, source, 0.9f), (job!.Spec.Operation, job.Spec.SourceJobId, job.Spec.Strength));
        Assert.Equal(2, job.Spec.SourceSeconds);
    }

    [Theory]
    [InlineData("/v1/videos/{0}/remix", """{"prompt":"y","negative_prompt":"snow","guidance_scale":1}""")]
    [InlineData("/v1/videos/edits", """{"prompt":"y","negative_prompt":"snow","guidance_scale":1,"video":{"id":"{0}"}}""")]
    public async Task Post_NegativePromptThatWouldDoNothing_IsRefusedAndLeavesNothing(string path, string body)
    {
        AllowEverything();
        var source = await CompletedAsync();
        var before = host.Artifacts.Keys.ToArray();
        using var response = await host.PostJsonAsync(path.Replace("{0}", source), body.Replace("{0}", source));
        var error = await response.ErrorAsync(400, "invalid_request_error", "negative_prompt");
        Assert.Contains("above 1", error.Message(), StringComparison.Ordinal);
        Assert.Equal(before, host.Artifacts.Keys);
    }

    [Theory]
    [InlineData("", 1)]
    [InlineData(""","negative_prompt":"snow" """, 3)]
    [InlineData(""","negative_prompt":"snow","guidance_scale":2""", 2)]
    public async Task Remix_SourceWasMadeAtGuidance1_ANegativePromptGetsTheModelsOwn(string asked, double expected)
    {
        AllowEverything();
        var source = await CompletedAsync("""{"prompt":"x","guidance_scale":1}""");
        using var response = await host.PostJsonAsync($"/v1/videos/{source}/remix", $$"""{"prompt":"y"{{asked}}}""");
        Assert.Equal(expected, (await response.JsonAsync(200)).GetProperty("sora").GetProperty("guidance_scale").GetDouble());
    }

    [Fact]
    public async Task Remix_SourceDeletedWhileItWaits_HasItsOwnCopyOfTheLatents()
    {
        AllowEverything();
        var source = await CompletedAsync();
        using var response = await host.PostJsonAsync($"/v1/videos/{source}/remix", """{"prompt":"y"}""");
        var id = (await response.JsonAsync(200)).GetProperty("id").GetString()!;
        await host.Job(source).DeleteAsync();

        var key = (await host.Job(id).GetAsync())!.Spec.SourceLatents!;
        Assert.StartsWith(JobArtifacts.All(id), key, StringComparison.Ordinal);
        Assert.NotNull(await host.Artifacts.OpenReadAsync(key));
        await host.Job(id).DeleteAsync();
        Assert.Empty(host.Artifacts.Keys);
    }

    [Fact]
    public async Task Remix_AllowanceSpent_LeavesNoCopyBehind()
    {
        AllowEverything();
        var source = await CompletedAsync();
        for (var i = 0; i < 29; i++)
        {
            await host.CreateAsync();
        }

        var before = host.Artifacts.Keys.ToArray();
        using var response = await host.PostJsonAsync($"/v1/videos/{source}/remix", """{"prompt":"y"}""");
        await response.ErrorAsync(429, "rate_limit_exceeded");
        Assert.Equal(before, host.Artifacts.Keys);
    }

    [Fact]
    public async Task Loop_ClipTooShort_SaysHowLongItMustBe()
    {
        AllowEverything();
        var source = await CompletedAsync("""{"prompt":"x","seconds":"1"}""");
        using var response = await host.PostJsonAsync($"/v1/videos/{source}/loop", "{}");
        var error = await response.ErrorAsync(400, "invalid_request_error", "video");
        Assert.Contains("at least 2 s", error.Message(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Extend_PackCan_TellsTheStitchedTotal()
    {
        AllowEverything();
        var source = await CompletedAsync();
        using var response = await host.PostJsonAsync(
            "/v1/videos/extensions", $$$"""{"prompt":"y","seconds":"8","video":{"id":"{{{source}}}"}}""");
        Assert.Equal("12", (await response.JsonAsync(200)).GetProperty("seconds").GetString());
        using var tooLong = await host.PostJsonAsync(
            "/v1/videos/extensions", $$$"""{"prompt":"y","seconds":"9","video":{"id":"{{{source}}}"}}""");
        await tooLong.ErrorAsync(400, "invalid_request_error", "seconds");
    }

    [Fact]
    public async Task Blend_TwoAlike_RemembersBoth()
    {
        AllowEverything();
        var (a, b) = (await CompletedAsync(), await CompletedAsync());
        using var form = new MultipartFormDataContent { { new StringContent(a), "videos[]" }, { new StringContent(b), "videos[]" } };
        using var response = await host.SendAsync(HttpMethod.Post, "/v1/videos/blends", form);
        var job = await host.Job((await response.JsonAsync(200)).GetProperty("id").GetString()!).GetAsync();
        Assert.Equal((a, b), (job!.Spec.SourceJobId, job.Spec.OtherSourceJobId));
        Assert.Equal("x\nx", job.Spec.Prompt);
        Assert.All([job.Spec.SourceLatents!, job.Spec.OtherSourceLatents!], key => Assert.Contains(key, host.Artifacts.Keys));
        using var three = await host.PostJsonAsync("/v1/videos/blends", $$"""{"videos":["{{a}}","{{b}}","{{a}}"]}""");
        await three.ErrorAsync(400, "invalid_request_error", "videos");
    }

    [Fact]
    public async Task Remix_SourceNotCompleted_SaysToWait()
    {
        AllowEverything();
        var source = await host.CreateAsync();
        using var response = await host.PostJsonAsync($"/v1/videos/{source}/remix", """{"prompt":"y"}""");
        await response.ErrorAsync(400, "invalid_request_error", "video");
    }

    private void AllowEverything() => host.Catalog.Models =
        [TestCatalog.Tiny with { Operations = Enum.GetValues<JobOperation>(), AcceptsInputReference = true }];

    private async Task<string> CompletedAsync(string body = """{"prompt":"x"}""")
    {
        using var response = await host.PostJsonAsync("/v1/videos", body);
        var id = (await response.JsonAsync(200)).GetProperty("id").GetString()!;
        await host.CompleteAsync(id);
        return id;
    }
}
