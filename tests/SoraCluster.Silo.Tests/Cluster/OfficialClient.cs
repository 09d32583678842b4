using System.ClientModel;
using System.Globalization;
using System.Text.Json;
using OpenAI.Videos;

namespace SoraCluster.Silo.Tests.Cluster;

/// <summary>The NuGet package <c>OpenAI</c>, as an application would use it that goes on asking while the cluster is in trouble.</summary>
internal sealed class OfficialClient(Uri gateway)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly VideoClient client = new(
        new ApiKeyCredential("any"), new VideoClientOptions { Endpoint = new Uri(gateway, "v1"), NetworkTimeout = TimeSpan.FromSeconds(20) });

    /// <summary>Asks for a clip, with one idempotency key, until one is accepted; the seed is the key's.</summary>
    public async Task<string> CreateAsync(int key, int steps)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(new { prompt = "red circle bounce", seconds = "1", steps, seed = key, size = "64x64" });
        var answer = await PersistAsync(() =>
        {
            var options = new System.ClientModel.Primitives.RequestOptions();
            options.SetHeader("Idempotency-Key", string.Create(CultureInfo.InvariantCulture, $"chaos-{key}"));
            return client.CreateVideoAsync(BinaryContent.Create(BinaryData.FromBytes(body)), "application/json", options);
        });
        return Json(answer).GetProperty("id").GetString()!;
    }

    public async Task<JsonElement> EndedAsync(string id)
    {
        while (true)
        {
            var video = await GetAsync(id);
            if (video.GetProperty("status").GetString() is "completed" or "failed")
            {
                return video;
            }

            await Task.Delay(Pause, TimeProvider.System);
        }
    }

    public async Task<JsonElement> GetAsync(string id) => Json(await PersistAsync(() => client.GetVideoAsync(id)));

    public async Task<byte[]> ContentAsync(string id) =>
        (await PersistAsync(() => client.DownloadVideoAsync(id))).GetRawResponse().Content.ToArray();

    /// <summary>The library tries three times by itself.</summary>
    private static async Task<T> PersistAsync<T>(Func<Task<T>> call)
    {
        while (true)
        {
            try
            {
                return await call();
            }
            catch (Exception trouble) when (trouble is ClientResultException { Status: 0 or 429 or >= 500 } or AggregateException or HttpRequestException or IOException or OperationCanceledException)
            {
                await Task.Delay(Pause, TimeProvider.System);
            }
        }
    }

    private static JsonElement Json(ClientResult result) => JsonDocument.Parse(result.GetRawResponse().Content).RootElement;
}
