using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace SoraCluster.Local.Tests.Crash;

/// <summary>A client of the Videos API that tells a lost connection from an answer.</summary>
internal sealed class ServerClient(Uri address) : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private readonly HttpClient http = new() { BaseAddress = address };

    /// <summary>Asks for a short clip.</summary>
    /// <param name="key">Idempotency key: the same one never makes a second clip.</param>
    /// <returns>The status and the video's id; null when the connection was lost.</returns>
    public async Task<(HttpStatusCode Status, string? Id)?> CreateAsync(string key, int seconds = 1, int steps = 4)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "v1/videos")
        {
            Content = JsonContent.Create(new { prompt = "red circle bounce", seconds = $"{seconds}", steps, size = "64x64" }),
            Headers = { { "Idempotency-Key", key } },
        };
        try
        {
            using var answer = await http.SendAsync(request);
            var body = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;
            return (answer.StatusCode, answer.IsSuccessStatusCode ? body.GetProperty("id").GetString() : null);
        }
        catch (Exception lost) when (lost is HttpRequestException or IOException)
        {
            return null;
        }
    }

    /// <returns>The video's status then; null when the connection was lost.</returns>
    public async Task<string?> CancelAsync(string id)
    {
        try
        {
            using var answer = await http.PostAsync($"v1/videos/{id}/cancel", null);
            return JsonDocument.Parse(await answer.EnsureSuccessStatusCode().Content.ReadAsStringAsync()).RootElement.GetProperty("status").GetString();
        }
        catch (Exception lost) when (lost is HttpRequestException { StatusCode: null } or IOException)
        {
            return null;
        }
    }

    /// <summary>Every video there is, with its status.</summary>
    public async Task<Dictionary<string, string>> ListAsync()
    {
        var all = new Dictionary<string, string>();
        var (after, more) = ("", true);
        while (more)
        {
            var page = await GetAsync($"v1/videos?limit=100&after={after}");
            foreach (var video in page.GetProperty("data").EnumerateArray())
            {
                all.Add(video.GetProperty("id").GetString()!, video.GetProperty("status").GetString()!);
            }

            (after, more) = (page.GetProperty("last_id").GetString(), page.GetProperty("has_more").GetBoolean());
        }

        return all;
    }

    public async Task<JsonElement> GetAsync(string path) => JsonDocument.Parse(await http.GetStringAsync(path)).RootElement;

    public async Task<byte[]> ContentAsync(string id) => await http.GetByteArrayAsync($"v1/videos/{id}/content");

    public async Task<int> UsedAsync() => (await GetAsync("v1/me/limits")).GetProperty("videos").GetProperty("used").GetInt32();

    /// <summary>The video's status, once a condition holds.</summary>
    public async Task<string> UntilAsync(string id, Func<JsonElement, bool> condition)
    {
        while (true)
        {
            var video = await GetAsync($"v1/videos/{id}");
            if (condition(video))
            {
                return video.GetProperty("status").GetString()!;
            }

            await Task.Delay(Pause, TimeProvider.System);
        }
    }

    public Task<string> EndedAsync(string id) =>
        UntilAsync(id, video => video.GetProperty("status").GetString() is "completed" or "failed");

    public void Dispose() => http.Dispose();
}
