using System.Text;
using SoraCluster.Gateway.Tests.Support;

namespace SoraCluster.Gateway.Tests.Videos;

public sealed class CreateTests : IAsyncLifetime
{
    private GatewayHost host = null!;

    public async Task InitializeAsync() => host = await GatewayHost.StartAsync();

    public async Task DisposeAsync() => await host.DisposeAsync();

    [Fact]
    public async Task Create_PromptAlone_TakesThePacksDefaults()
    {
        using var response = await host.PostJsonAsync("/v1/videos", """{"prompt":"a red ball"}""");
        var video = await response.JsonAsync(200);
        Assert.Matches("^video_[0-9a-f]{32}$", video.GetProperty("id").GetString());
        Assert.Equal("video", video.GetProperty("object").GetString());
        Assert.Equal("queued", video.GetProperty("status").GetString());
        Assert.Equal("tiny", video.GetProperty("model").GetString());
        Assert.Equal("4", video.GetProperty("seconds").GetString());
        Assert.Equal("256x256", video.GetProperty("size").GetString());
        Assert.Equal("64x64", video.GetProperty("sora").GetProperty("native_size").GetString());
        Assert.NotNull(response.Header("openai-poll-after-ms"));
    }

    [Fact]
    public async Task Create_EveryField_IsTakenOver()
    {
        using var response = await host.PostJsonAsync("/v1/videos", """
            {"prompt":"赤いボール","model":"sora-2","seconds":8,"size":"1280x720","seed":9007199254740991,"steps":12,
             "guidance_scale":1.5,"negative_prompt":"snow","language":"ja-JP","audio":false}
            """);
        var video = await response.JsonAsync(200);
        var sora = video.GetProperty("sora");
        Assert.Equal("sora-2", video.GetProperty("model").GetString());
        Assert.Equal("赤いボール", video.GetProperty("prompt").GetString());
        Assert.Equal("8", video.GetProperty("seconds").GetString());
        Assert.Equal("1280x720", video.GetProperty("size").GetString());
        Assert.Equal("128x64", sora.GetProperty("native_size").GetString());
        Assert.Equal(9007199254740991, sora.GetProperty("seed").GetInt64());
        Assert.Equal(12, sora.GetProperty("steps").GetInt32());
        Assert.Equal(1.5, sora.GetProperty("guidance_scale").GetDouble());
        Assert.Equal("snow", sora.GetProperty("negative_prompt").GetString());
        Assert.False(sora.GetProperty("audio").GetBoolean());
    }

    [Fact]
    public async Task Create_Multipart_IsTheSameCall()
    {
        using var form = new MultipartFormDataContent
        {
            { new StringContent("a blue cube spins"), "prompt" },
            { new StringContent("sora-2"), "model" },
            { new StringContent("2"), "seconds" },
            { new StringContent("true"), "audio" },
        };
        using var response = await host.SendAsync(HttpMethod.Post, "/v1/videos", form);
        var video = await response.JsonAsync(200);
        Assert.Equal("a blue cube spins", video.GetProperty("prompt").GetString());
        Assert.Equal("2", video.GetProperty("seconds").GetString());
        Assert.Equal("720x1280", video.GetProperty("size").GetString());
    }

    [Theory]
    [InlineData("""{}""", "prompt", "required")]
    [InlineData("""{"prompt":"  \n "}""", "prompt", "required")]
    [InlineData("""{"prompt":5}""", "prompt", "string")]
    [InlineData("""{"prompt":"a\u0007b"}""", "prompt", "U+0007 at position 1")]
    [InlineData("""{"prompt":"x","model":"gpt-4"}""", "model", "tiny, sora-2, sora-2-pro")]
    [InlineData("""{"prompt":"x","seconds":"13"}""", "seconds", "1 to 12 seconds")]
    [InlineData("""{"prompt":"x","seconds":"4.0"}""", "seconds", "1 to 12 seconds")]
    [InlineData("""{"prompt":"x","seconds":true}""", "seconds", "string")]
    [InlineData("""{"prompt":"x","size":"64x63"}""", "size", "even sides")]
    [InlineData("""{"prompt":"x","size":"4096x4096"}""", "size", "1920")]
    [InlineData("""{"prompt":"x","size":"big"}""", "size", "WIDTHxHEIGHT")]
    [InlineData("""{"prompt":"x","size":"128x128","model":"sora-2-2025-10-06"}""", "size", "64x64, 128x64")]
    [InlineData("""{"prompt":"x","seed":-1}""", "seed", "from 0 to")]
    [InlineData("""{"prompt":"x","seed":9007199254740992}""", "seed", "from 0 to")]
    [InlineData("""{"prompt":"x","steps":0}""", "steps", "from 1 to 100")]
    [InlineData("""{"prompt":"x","steps":1.5}""", "steps", "whole number")]
    [InlineData("""{"prompt":"x","guidance_scale":0.5}""", "guidance_scale", "from 1 to 20")]
    [InlineData("""{"prompt":"x","guidance_scale":"NaN"}""", "guidance_scale", "from 1 to 20")]
    [InlineData("""{"prompt":"x","guidance_scale":1,"negative_prompt":"snow"}""", "negative_prompt", "above 1")]
    [InlineData("""{"prompt":"x","audio":"yes"}""", "audio", "true or false")]
    [InlineData("""{"prompt":"x","secnods":"4"}""", "secnods", "The parameters are: prompt, preset, model, seconds")]
    public async Task Create_BadField_IsRefusedNamingIt(string body, string param, string says)
    {
        using var response = await host.PostJsonAsync("/v1/videos", body);
        var error = await response.ErrorAsync(400, "invalid_request_error", param);
        Assert.Contains(says, error.Message(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"prompt":"x","style":"anime"}""", "style")]
    [InlineData("""{"prompt":"x","language":"fr"}""", "language")]
    public async Task Create_WhatThePackCannotDo_IsRefusedAsUnsupported(string body, string param)
    {
        using var response = await host.PostJsonAsync("/v1/videos", body);
        await response.ErrorAsync(400, "unsupported_by_model", param);
    }

    [Fact]
    public async Task Create_PromptOfAHundredKilobytes_IsRefused()
    {
        using var response = await host.PostJsonAsync("/v1/videos", $$"""{"prompt":"{{new string('a', 100_000)}}"}""");
        var error = await response.ErrorAsync(400, "invalid_request_error", "prompt");
        Assert.Contains("16 kB", error.Message(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Create_JapaneseCaller_IsRefusedInJapanese()
    {
        using var response = await host.PostJsonAsync("/v1/videos", "{}", ("Accept-Language", "ja-JP,en;q=0.5"));
        var error = await response.ErrorAsync(400, "invalid_request_error", "prompt");
        Assert.Contains("必須", error.Message(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"prompt\":", "line 1")]
    [InlineData("[]", "not an object")]
    [InlineData("""{"prompt":"x","prompt":"y"}""", "line 1")]
    [InlineData("""{"prompt":"\ud800"}""", "Unicode")]
    [InlineData("""{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{}}}}}}}}}""", "line 1")]
    public async Task Create_MalformedJson_SaysWhere(string body, string says)
    {
        using var response = await host.PostJsonAsync("/v1/videos", body);
        var error = await response.ErrorAsync(400, "invalid_request_error");
        Assert.Contains(says, error.Message(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("application/json; charset=shift_jis")]
    public async Task Create_OtherContentType_Is415(string type)
    {
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes("prompt=x"));
        content.Headers.TryAddWithoutValidation("Content-Type", type);
        using var response = await host.SendAsync(HttpMethod.Post, "/v1/videos", content);
        await response.ErrorAsync(415, "unsupported_media");
    }

    [Fact]
    public async Task Create_NoModelLoaded_Is503()
    {
        host.Catalog.Models = [];
        using var response = await host.PostJsonAsync("/v1/videos", """{"prompt":"x"}""");
        await response.ErrorAsync(503, "overloaded");
    }
}
