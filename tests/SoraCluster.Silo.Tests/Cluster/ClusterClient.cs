using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace SoraCluster.Silo.Tests.Cluster;

/// <summary>A client of the Videos API that tries again, with the same idempotency key, until a cluster in trouble answers.</summary>
internal sealed class ClusterClient(Uri address) : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private readonly HttpClient http = new() { BaseAddress = address, Timeout = TimeSpan.FromSeconds(30) };

    /// <summary>Asks for a clip until one is accepted; the seed is the key's.</summary>
    public async Task<string> CreateAsync(int key, int seconds = 1, int steps = 12)
    {
        while (true)
        {
            var (status, body) = await TryAsync(() => Request(key, seconds, steps));
            if (status is HttpStatusCode.OK)
            {
                return body.GetProperty("id").GetString()!;
            }

            Assert.True(status is null || (int)status >= 500, $"{status}: {body}");
            await Task.Delay(Pause, TimeProvider.System);
        }
    }

    /// <summary>One try; null when there was no answer.</summary>
    public Task<(HttpStatusCode? Status, JsonElement Body)> TryCreateAsync(int key) => TryAsync(() => Request(key, 1, 12));

    public async Task<JsonElement> GetAsync(string path)
    {
        while (true)
        {
            var (status, body) = await TryAsync(() => new HttpRequestMessage(HttpMethod.Get, path));
            if (status is HttpStatusCode.OK)
            {
                return body;
            }

            Assert.True(status is null || (int)status >= 500, $"{path}: {status}: {body}");
            await Task.Delay(Pause, TimeProvider.System);
        }
    }

    public async Task<byte[]> ContentAsync(string id) => await http.GetByteArrayAsync($"v1/videos/{id}/content");

    /// <summary>Steps that were run again because a worker was lost.</summary>
    public async Task<int> RedoneAsync(string id) => (await GetAsync($"v1/videos/{id}/trace")).GetProperty("steps_redone").GetInt32();

    public async Task<int> UsedAsync() => (await GetAsync("v1/me/limits")).GetProperty("videos").GetProperty("used").GetInt32();

    /// <summary>The video, once a condition holds.</summary>
    public async Task<JsonElement> UntilAsync(string id, Func<JsonElement, bool> condition)
    {
        while (true)
        {
            var video = await GetAsync($"v1/videos/{id}");
            if (condition(video))
            {
                return video;
            }

            await Task.Delay(Pause, TimeProvider.System);
        }
    }

    public Task<JsonElement> EndedAsync(string id) =>
        UntilAsync(id, video => video.GetProperty("status").GetString() is "completed" or "failed" or "cancelled");

    public Task<JsonElement> AtStepAsync(string id, int step) =>
        UntilAsync(id, video => video.GetProperty("sora").GetProperty("step").GetInt32() >= step);

    /// <summary>The names and data of a video's server-sent events, to their end.</summary>
    public async Task<IReadOnlyList<JsonElement>> EventsAsync(string id)
    {
        using var reader = new StreamReader(await http.GetStreamAsync($"v1/videos/{id}/events"));
        var events = new List<JsonElement>();
        while (await reader.ReadLineAsync() is { } line)
        {
            if (line.StartsWith("data: ", StringComparison.Ordinal))
            {
                events.Add(JsonDocument.Parse(line["data: ".Length..]).RootElement);
            }
        }

        return events;
    }

    public void Dispose() => http.Dispose();

    private static HttpRequestMessage Request(int key, int seconds, int steps) => new(HttpMethod.Post, "v1/videos")
    {
        Content = JsonContent.Create(new { prompt = "red circle bounce", seconds = $"{seconds}", steps, seed = key, size = "64x64" }),
        Headers = { { "Idempotency-Key", $"key-{key}" } },
    };

    private async Task<(HttpStatusCode? Status, JsonElement Body)> TryAsync(Func<HttpRequestMessage> make)
    {
        try
        {
            using var request = make();
            using var answer = await http.SendAsync(request);
            return (answer.StatusCode, JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement);
        }
        catch (Exception lost) when (lost is HttpRequestException or IOException or TaskCanceledException)
        {
            return (null, default);
        }
    }
}
