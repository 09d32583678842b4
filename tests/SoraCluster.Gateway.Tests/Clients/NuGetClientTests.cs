using System.ClientModel;
using System.ClientModel.Primitives;
using System.Globalization;
using System.Text;
using System.Text.Json;
using OpenAI.Videos;
using SoraCluster.Domain.Jobs;
using SoraCluster.Gateway.Tests.Support;

namespace SoraCluster.Gateway.Tests.Clients;

/// <summary>The NuGet package <c>OpenAI</c>, unmodified; its video client speaks the protocol and leaves bodies to the caller.</summary>
public sealed class NuGetClientTests : IAsyncLifetime
{
    private GatewayHost host = null!;
    private AutoWorker worker = null!;
    private string key = "";
    private VideoClient client = null!;

    public async Task InitializeAsync()
    {
        host = await GatewayHost.StartAsync(time: TimeProvider.System);
        key = await host.IssueKeyAsync("alice", "operator");
        worker = new AutoWorker(host);
        client = ClientWith(key);
    }

    public async Task DisposeAsync()
    {
        await worker.DisposeAsync();
        await host.DisposeAsync();
    }

    [Fact]
    public async Task VideoClient_CreatePollDownload_GivesTheClip()
    {
        var id = (await CreateAsync("a red ball")).GetProperty("id").GetString()!;
        var video = await FinishedAsync(id);
        Assert.Equal("completed", video.GetProperty("status").GetString());
        var content = await client.DownloadVideoAsync(id);
        Assert.Equal(ScriptedWorker.Clip, content.GetRawResponse().Content.ToArray());
        var thumbnail = await client.DownloadVideoAsync(id, "thumbnail");
        Assert.Equal("image/jpeg", thumbnail.GetRawResponse().Headers.TryGetValue("Content-Type", out var type) ? type : null);
    }

    [Fact]
    public async Task VideoClient_List_PagesThroughEverything()
    {
        var made = new HashSet<string>();
        for (var i = 0; i < 5; i++)
        {
            made.Add((await CreateAsync($"ball {i}")).GetProperty("id").GetString()!);
        }

        // Version 2.15 fetches one page per call, whatever has_more says: the cursor is the caller's to pass on.
        var seen = new List<string>();
        for (string? after = null; ;)
        {
            var page = await PageAsync(after);
            seen.AddRange(page.GetProperty("data").EnumerateArray().Select(v => v.GetProperty("id").GetString()!));
            if (!page.GetProperty("has_more").GetBoolean())
            {
                break;
            }

            after = page.GetProperty("last_id").GetString();
        }

        Assert.Equal(5, seen.Count);
        Assert.True(made.SetEquals(seen));
    }

    [Fact]
    public async Task VideoClient_Delete_ThenItIsGone()
    {
        var id = (await CreateAsync("x")).GetProperty("id").GetString()!;
        Assert.True(Json(await client.DeleteVideoAsync(id)).GetProperty("deleted").GetBoolean());
        var error = await Assert.ThrowsAsync<ClientResultException>(() => client.GetVideoAsync(id));
        Assert.Equal(404, error.Status);
    }

    [Fact]
    public async Task VideoClient_Refusals_CarryStatusAndMessage()
    {
        var empty = await Assert.ThrowsAsync<ClientResultException>(() => CreateAsync(""));
        Assert.Equal(400, empty.Status);
        Assert.Contains("prompt is required", empty.Message, StringComparison.Ordinal);
        var stranger = ClientWith("sora_wrong");
        var unknown = await Assert.ThrowsAsync<ClientResultException>(() => stranger.GetVideoAsync("video_1"));
        Assert.Equal(401, unknown.Status);
    }

    [Fact]
    public async Task VideoClient_RemixThePackCannot_IsUnsupported()
    {
        var id = (await CreateAsync("x")).GetProperty("id").GetString()!;
        await FinishedAsync(id);
        var error = await Assert.ThrowsAsync<ClientResultException>(() => client.CreateVideoRemixAsync(
            id, BinaryContent.Create(BinaryData.FromString("""{"prompt":"y"}""")), "application/json"));
        Assert.Equal(400, error.Status);
        Assert.Contains("unsupported_by_model", error.GetRawResponse()!.Content.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task VideoClient_RemixThePackCan_TellsItsSource()
    {
        host.Catalog.Models = [TestCatalog.Tiny with { Operations = Enum.GetValues<JobOperation>() }];
        var id = (await CreateAsync("x")).GetProperty("id").GetString()!;
        await FinishedAsync(id);
        var remix = Json(await client.CreateVideoRemixAsync(
            id, BinaryContent.Create(BinaryData.FromString("""{"prompt":"y"}""")), "application/json"));
        Assert.Equal(id, remix.GetProperty("remixed_from_video_id").GetString());
        Assert.Equal("completed", (await FinishedAsync(remix.GetProperty("id").GetString()!)).GetProperty("status").GetString());
    }

    [Fact]
    public async Task VideoClient_QueueFullOnce_IsRetriedByRetryAfter()
    {
        await using var busy = await GatewayHost.StartAsync(o => o.MaxQueueWait = TimeSpan.FromSeconds(30), time: TimeProvider.System);
        busy.Queue.First.Enqueue(8); // 32 s: come again in 2
        var patient = new VideoClient(new ApiKeyCredential("any"), new VideoClientOptions { Endpoint = new Uri(busy.Address, "v1") });
        var body = BinaryContent.Create(BinaryData.FromString("""{"prompt":"x"}"""));
        Assert.Equal("queued", Json(await patient.CreateVideoAsync(body, "application/json")).GetProperty("status").GetString());
        Assert.Empty(busy.Queue.First);
    }

    [Fact]
    public async Task VideoClient_TooManyRequests_IsRetriedByRetryAfter()
    {
        await using var busy = await GatewayHost.StartAsync(o => (o.RequestsPerMinute, o.RequestBurst) = (60, 1), time: TimeProvider.System);
        var patient = new VideoClient(new ApiKeyCredential("any"), new VideoClientOptions { Endpoint = new Uri(busy.Address, "v1") });
        for (var i = 0; i < 3; i++)
        {
            var body = BinaryContent.Create(BinaryData.FromString("""{"prompt":"x"}"""));
            await patient.CreateVideoAsync(body, "application/json");
        }
    }

    [Fact]
    public async Task VideoClient_Aborted_ThrowsAndTheServerGoesOn()
    {
        using var abort = new CancellationTokenSource();
        var body = BinaryContent.Create(BinaryData.FromString("""{"prompt":"x"}"""));
        await abort.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.CreateVideoAsync(
            body, "application/json", new RequestOptions { CancellationToken = abort.Token }));
        await CreateAsync("y");
    }

    private async Task<JsonElement> CreateAsync(string prompt)
    {
        using var form = new MultipartFormDataContent
        {
            { new StringContent(prompt, Encoding.UTF8), "prompt" },
            { new StringContent("sora-2"), "model" },
            { new StringContent("4"), "seconds" },
        };
        var body = BinaryContent.Create(BinaryData.FromBytes(await form.ReadAsByteArrayAsync()));
        return Json(await client.CreateVideoAsync(body, form.Headers.ContentType!.ToString()));
    }

    private async Task<JsonElement> PageAsync(string? after)
    {
        var pages = client.GetVideosAsync(limit: 2, order: "desc", after: after, options: new RequestOptions());
        await foreach (var page in pages.GetRawPagesAsync())
        {
            return Json(page);
        }

        throw new InvalidOperationException("The library gave no page.");
    }

    /// <summary>Polls when the server says that it is worth while.</summary>
    private async Task<JsonElement> FinishedAsync(string id)
    {
        while (true)
        {
            var result = await client.GetVideoAsync(id);
            var video = Json(result);
            if (video.GetProperty("status").GetString() is "completed" or "failed")
            {
                return video;
            }

            Assert.True(result.GetRawResponse().Headers.TryGetValue("openai-poll-after-ms", out var pause));
            await Task.Delay(TimeSpan.FromMilliseconds(Math.Min(200, int.Parse(pause!, CultureInfo.InvariantCulture))), TimeProvider.System);
        }
    }

    private VideoClient ClientWith(string apiKey) => new(
        new ApiKeyCredential(apiKey),
        new VideoClientOptions { Endpoint = new Uri(host.Address, "v1"), RetryPolicy = new ClientRetryPolicy(0) });

    private static JsonElement Json(ClientResult result) => JsonDocument.Parse(result.GetRawResponse().Content).RootElement;
}
