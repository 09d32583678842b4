using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using SoraCluster.Domain.Jobs;
using SoraCluster.Gateway.Tests.Support;
using SoraCluster.Testing;

namespace SoraCluster.Gateway.Tests.Uploads;

/// <summary>Every way in for a file: looked at, cleaned or refused, and nothing left behind. What the cleaner does is tested beside it.</summary>
public sealed class UploadTests : IAsyncLifetime
{
    private const string OnePixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

    private static readonly byte[] Png = Convert.FromBase64String(OnePixel);

    private readonly TemporaryFolder folder = new();
    private GatewayHost host = null!;

    public async Task InitializeAsync()
    {
        Directory.CreateDirectory(folder.Of("uploads"));
        host = await GatewayHost.StartAsync(options =>
        {
            options.UploadFolder = folder.Of("uploads");
            options.MaxPictureBytes = 64 << 10;
            options.AllowPrivateAddresses = true;
        });
    }

    public async Task DisposeAsync()
    {
        await host.DisposeAsync();
        Assert.Empty(Directory.GetFileSystemEntries(folder.Of("uploads")));
        folder.Dispose();
    }

    public static TheoryData<byte[], int, string, string> BadPictures() => new()
    {
        { "a text"u8.ToArray(), 415, "unsupported_media", "JPEG, PNG or WebP" },
        { [], 400, "invalid_request_error", "is empty" },
        { Png[..^30], 400, "invalid_request_error", "ends early" },
        { [.. Png[..16], 0, 0, 0xFF, 0xFF, 0, 0, 0xFF, 0xFF, .. Png[24..]], 400, "invalid_request_error", "50,000,000 pixels" },
        { [.. Png, .. new byte[64 << 10]], 413, "file_too_large", "64 kB" },
    };

    [Theory]
    [MemberData(nameof(BadPictures), DisableDiscoveryEnumeration = true)]
    public async Task Create_BadPicture_SaysWhatIsWrongWithIt(byte[] file, int status, string code, string says)
    {
        using var sent = await SendAsync("/v1/videos", "input_reference", file);
        Assert.Contains(says, (await sent.ErrorAsync(status, code, "input_reference")).Message(), StringComparison.Ordinal);

        using var pointedTo = await host.PostJsonAsync("/v1/videos", DataUrl(file));
        Assert.Contains(says, (await pointedTo.ErrorAsync(status, code, "input_reference")).Message(), StringComparison.Ordinal);
        Assert.Empty(host.Artifacts.Keys);
    }

    [Fact]
    public async Task Create_GoodPictureThePackCannotUse_IsRefusedAsUnsupported()
    {
        using var sent = await SendAsync("/v1/videos", "input_reference", Png);
        await sent.ErrorAsync(400, "unsupported_by_model", "input_reference");

        using var pointedTo = await host.PostJsonAsync("/v1/videos", DataUrl(Png));
        await pointedTo.ErrorAsync(400, "unsupported_by_model", "input_reference");
        Assert.Empty(host.Artifacts.Keys);
    }

    [Fact]
    public async Task Create_PackThatTakesPictures_GetsTheCleanOne()
    {
        host.Catalog.Models = [TestCatalog.Tiny with { AcceptsInputReference = true }];
        using var response = await SendAsync("/v1/videos", "input_reference", [.. Png, .. "hidden"u8]);
        var id = (await response.JsonAsync(200)).GetProperty("id").GetString()!;

        var key = (await host.Job(id).GetAsync())!.Spec.InputArtifact!;
        Assert.Equal([key], host.Artifacts.Keys);
        Assert.StartsWith(JobArtifacts.All(id), key, StringComparison.Ordinal);
        await using var stored = (await host.Artifacts.OpenReadAsync(key))!;
        using var bytes = new MemoryStream();
        await stored.CopyToAsync(bytes);
        Assert.Equal(Png[..8], bytes.ToArray()[..8]);
        Assert.Equal(-1, bytes.ToArray().AsSpan().IndexOf("hidden"u8));
    }

    [Theory]
    [InlineData(1.5, "", 1.5)]
    [InlineData(1.5, ",\"negative_prompt\":\"snow\"", 1.5)]
    [InlineData(1.5, ",\"guidance_scale\":2.5", 2.5)]
    [InlineData(1, "", 1)]
    [InlineData(1, ",\"negative_prompt\":\"snow\"", 3)] // at 1 it would do nothing
    public async Task Create_FromAPicture_HasTheGuidanceThatThePackWantsForThat(double packs, string asked, double expected)
    {
        host.Catalog.Models = [TestCatalog.Tiny with { AcceptsInputReference = true, PictureGuidanceScale = (float)packs }];
        using var response = await host.PostJsonAsync("/v1/videos", DataUrl(Png)[..^1] + asked + "}");
        using var words = await host.PostJsonAsync("/v1/videos", """{"prompt":"x"}""");

        Assert.Equal(expected, await GuidanceAsync(response));
        Assert.Equal(TestCatalog.Tiny.DefaultGuidanceScale, await GuidanceAsync(words));

        static async Task<double> GuidanceAsync(HttpResponseMessage answer) =>
            (await answer.JsonAsync(200)).GetProperty("sora").GetProperty("guidance_scale").GetDouble();
    }

    [Fact]
    public async Task Create_RefusedAfterThePictureWasStored_KeepsNone()
    {
        await using var strict = await GatewayHost.StartAsync(allowance: 0);
        strict.Catalog.Models = [TestCatalog.Tiny with { AcceptsInputReference = true }];
        using var response = await SendAsync("/v1/videos", "input_reference", Png, strict);
        await response.ErrorAsync(429, "rate_limit_exceeded");
        Assert.Empty(strict.Artifacts.Keys);
    }

    [Theory]
    [InlineData("""{"prompt":"x","input_reference":"a.png"}""", "must be a file")]
    [InlineData("""{"prompt":"x","input_reference":{"file_id":"file_1"}}""", "file_id")]
    [InlineData("""{"prompt":"x","input_reference":{"image_url":"data:image/png;base64,%%%"}}""", "base64")]
    [InlineData("""{"prompt":"x","input_reference":{"image_url":"data:image/png,abc"}}""", "base64")]
    [InlineData("""{"prompt":"x","input_reference":{"image_url":"ftp://example.com/a.png"}}""", "https")]
    [InlineData("""{"prompt":"x","input_reference":{"image_url":"a.png"}}""", "https")]
    public async Task Create_ReferenceThatIsNone_SaysWhatToSend(string body, string says)
    {
        using var response = await host.PostJsonAsync("/v1/videos", body);
        Assert.Contains(says, (await response.ErrorAsync(400, "invalid_request_error", "input_reference")).Message(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Create_ImageUrl_IsFetchedAndLookedAt()
    {
        Assert.Equal("unsupported_by_model", await FetchedAsync("HTTP/1.1 200 OK\r\nContent-Length: " + Png.Length, Png));
        Assert.Equal("unsupported_media", await FetchedAsync("HTTP/1.1 200 OK\r\nContent-Length: 6", "a text"u8.ToArray()));
        Assert.Equal("file_too_large", await FetchedAsync("HTTP/1.1 200 OK\r\nContent-Length: 100000", new byte[100_000]));
        Assert.Equal("invalid_request_error", await FetchedAsync("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1/\r\nContent-Length: 0", []));
        Assert.Equal("invalid_request_error", await FetchedAsync("HTTP/1.1 200 OK\r\nContent-Length: 1000", Png));
    }

    [Fact]
    public async Task Create_ImageUrlAtAPrivateAddress_IsRefusedUnlessAllowed()
    {
        await using var guarded = await GatewayHost.StartAsync();
        foreach (var url in new[] { "http://127.0.0.1/a.png", "https://127.0.0.1/a.png", "https://[::1]/a.png", "https://169.254.169.254/a.png" })
        {
            using var response = await guarded.PostJsonAsync("/v1/videos", $$$"""{"prompt":"x","input_reference":{"image_url":"{{{url}}}"}}""");
            var error = await response.ErrorAsync(400, "invalid_request_error", "input_reference");
            Assert.Contains("public address", error.Message(), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("/v1/videos/edits")]
    [InlineData("/v1/videos/extensions")]
    [InlineData("/v1/videos/characters")]
    public async Task Clip_GoodOrBad_IsLookedAtBeforeThePackIs(string path)
    {
        using var bad = await SendAsync(path, "video", "a text"u8.ToArray());
        Assert.Contains("MP4", (await bad.ErrorAsync(415, "unsupported_media", "video")).Message(), StringComparison.Ordinal);

        using var good = await SendAsync(path, "video", Clip());
        await good.ErrorAsync(400, "unsupported_by_model", "video");
        Assert.Empty(host.Artifacts.Keys);
    }

    [Theory]
    [InlineData("/v1/videos/edits", "1.96", 2, JobOperation.Edit, 2)]
    [InlineData("/v1/videos/edits", "3.5", 3, JobOperation.Edit, 3)]
    [InlineData("/v1/videos/extensions", "2", 2, JobOperation.Extend, 4)]
    public async Task Clip_ForAModelThatTakesThem_IsTheSource(string path, string length, int seconds, JobOperation operation, int total)
    {
        host.Catalog.Models = [TestCatalog.Tiny with { AcceptsInputReference = true, Operations = [JobOperation.Edit, JobOperation.Extend] }];
        using var response = await SendAsync(path, "video", Clip(length));
        var id = (await response.JsonAsync(200)).GetProperty("id").GetString()!;

        var spec = (await host.Job(id).GetAsync())!.Spec;
        Assert.Equal((operation, seconds, total, null), (spec.Operation, spec.SourceSeconds, spec.Seconds, spec.SourceJobId));
        Assert.Null(spec.SourceLatents);
        Assert.Equal([spec.InputArtifact!], host.Artifacts.Keys);
        Assert.StartsWith(JobArtifacts.All(id), spec.InputArtifact, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/v1/videos/edits", "0.5", "video", "0.5 s long")]
    [InlineData("/v1/videos/edits", "14", "video", "14 s long")]
    [InlineData("/v1/videos/extensions", "12", "seconds", "would be 14 seconds long")]
    public async Task Clip_OfALengthThatTheModelCannotTake_IsRefusedAndNotKept(string path, string length, string param, string says)
    {
        host.Catalog.Models = [TestCatalog.Tiny with { AcceptsInputReference = true, Operations = [JobOperation.Edit, JobOperation.Extend] }];
        using var response = await SendAsync(path, "video", Clip(length));

        var error = await response.ErrorAsync(400, "invalid_request_error", param);
        Assert.Contains(says, error.Message(), StringComparison.Ordinal);
        Assert.Empty(host.Artifacts.Keys);
    }

    [Fact]
    public async Task Create_BodyThatEndsInAFile_IsMalformed()
    {
        var content = new ByteArrayContent(Encoding.ASCII.GetBytes(
            "--b\r\nContent-Disposition: form-data; name=input_reference; filename=a.png\r\n\r\nwhole\r\n"
            + "--b\r\nContent-Disposition: form-data; name=video; filename=a.mp4\r\n\r\nhalf of it"));
        content.Headers.TryAddWithoutValidation("Content-Type", "multipart/form-data; boundary=b");
        using var response = await host.SendAsync(HttpMethod.Post, "/v1/videos", content);
        await response.ErrorAsync(400, "invalid_request_error");
    }

    private static string DataUrl(byte[] file) =>
        $$$"""{"prompt":"x","input_reference":{"image_url":"data:image/png;base64,{{{Convert.ToBase64String(file)}}}"}}""";

    /// <summary>The code that a picture gets which an address answers with.</summary>
    private async Task<string> FetchedAsync(string head, byte[] body)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var asked = host.PostJsonAsync("/v1/videos", $$$"""{"prompt":"x","input_reference":{"image_url":"http://{{{listener.LocalEndpoint}}}/a.png"}}""");
        using (var connection = await listener.AcceptSocketAsync())
        {
            await connection.ReceiveAsync(new byte[4096]);
            await connection.SendAsync((byte[])[.. Encoding.ASCII.GetBytes(head + "\r\nConnection: close\r\n\r\n"), .. body]);
            connection.Shutdown(SocketShutdown.Send);
            using var response = await asked;
            return (await response.JsonAsync((int)response.StatusCode)).GetProperty("error").GetProperty("code").GetString()!;
        }
    }

    private async Task<HttpResponseMessage> SendAsync(string path, string field, byte[] file, GatewayHost? to = null)
    {
        using var form = new MultipartFormDataContent
        {
            { new StringContent(path.EndsWith("characters", StringComparison.Ordinal) ? "Ada" : "x"), path.EndsWith("characters", StringComparison.Ordinal) ? "name" : "prompt" },
            { new ByteArrayContent(file), field, "a.png" },
        };
        if (path.EndsWith("extensions", StringComparison.Ordinal))
        {
            form.Add(new StringContent("2"), "seconds");
        }

        return await (to ?? host).SendAsync(HttpMethod.Post, path, form);
    }

    private byte[] Clip(string seconds = "1")
    {
        var file = folder.Of("clip.mp4");
        using var process = Process.Start("ffmpeg", ["-v", "error", "-y", "-f", "lavfi", "-i", $"testsrc=s=64x48:d={seconds}:r=25", "-pix_fmt", "yuv420p", file]);
        process.WaitForExit();
        return File.ReadAllBytes(file);
    }
}
