using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace SoraCluster.Cli.Api;

/// <summary>The Videos API as the command line uses it.</summary>
/// <remarks>Every call throws <see cref="ApiException"/> for a refusal and <see cref="ServerLostException"/> when nobody answers.</remarks>
internal sealed class SoraApi : IDisposable
{
    private readonly HttpClient http;

    public SoraApi(Uri server, string? key)
    {
        Server = server;
        http = new HttpClient { BaseAddress = new Uri(server, "/v1/"), Timeout = Timeout.InfiniteTimeSpan };
        if (key is not null)
        {
            http.DefaultRequestHeaders.Authorization = new("Bearer", key);
        }
    }

    public Uri Server { get; }

    public Task<Video> CreateAsync(CreateVideo request, CancellationToken cancellation) =>
        CallAsync(async () =>
        {
            using HttpContent body = request.InputReference is { } picture
                ? Form(request, picture)
                : JsonContent.Create(request, ApiJson.Default.CreateVideo);
            using var response = await http.PostAsync("videos", body, cancellation);
            return await ReadVideoAsync(response, cancellation);
        });

    public Task<Video> GetAsync(string id, CancellationToken cancellation) =>
        CallAsync(async () =>
        {
            using var response = await http.GetAsync($"videos/{Uri.EscapeDataString(id)}", cancellation);
            return await ReadVideoAsync(response, cancellation);
        });

    public Task<Video> CancelAsync(string id, CancellationToken cancellation) =>
        CallAsync(async () =>
        {
            using var response = await http.PostAsync($"videos/{Uri.EscapeDataString(id)}/cancel", null, cancellation);
            return await ReadVideoAsync(response, cancellation);
        });

    public Task<VideoList> ListAsync(int limit, CancellationToken cancellation) =>
        CallAsync(async () =>
        {
            using var response = await http.GetAsync($"videos?limit={limit}&order=desc", cancellation);
            await ThrowIfRefusedAsync(response, cancellation);
            return (await response.Content.ReadFromJsonAsync(ApiJson.Default.VideoList, cancellation))!;
        });

    public Task<ApiKey> IssueKeyAsync(IssueKey request, CancellationToken cancellation) =>
        CallAsync(async () =>
        {
            using var body = JsonContent.Create(request, ApiJson.Default.IssueKey);
            using var response = await http.PostAsync("keys", body, cancellation);
            return await ReadAsync(response, ApiJson.Default.ApiKey, cancellation);
        });

    public Task<ApiKeyList> ListKeysAsync(CancellationToken cancellation) =>
        CallAsync(async () =>
        {
            using var response = await http.GetAsync("keys", cancellation);
            return await ReadAsync(response, ApiJson.Default.ApiKeyList, cancellation);
        });

    public Task<ApiKey> RotateKeyAsync(string id, RotateKey request, CancellationToken cancellation) =>
        CallAsync(async () =>
        {
            using var body = JsonContent.Create(request, ApiJson.Default.RotateKey);
            using var response = await http.PostAsync($"keys/{Uri.EscapeDataString(id)}/rotate", body, cancellation);
            return await ReadAsync(response, ApiJson.Default.ApiKey, cancellation);
        });

    public Task<ApiKey> RevokeKeyAsync(string id, CancellationToken cancellation) =>
        CallAsync(async () =>
        {
            using var response = await http.DeleteAsync($"keys/{Uri.EscapeDataString(id)}", cancellation);
            return await ReadAsync(response, ApiJson.Default.ApiKey, cancellation);
        });

    public async Task<ClusterState> GetClusterAsync(CancellationToken cancellation) =>
        new(await ListNodesAsync(cancellation), await ListQueuesAsync(cancellation));

    public Task<Node[]> ListNodesAsync(CancellationToken cancellation) =>
        CallAsync(async () =>
        {
            using var response = await http.GetAsync("/internal/nodes", cancellation);
            return await ReadAsync(response, ClusterJson.Default.NodeArray, cancellation);
        });

    public Task<Queue[]> ListQueuesAsync(CancellationToken cancellation) =>
        CallAsync(async () =>
        {
            using var response = await http.GetAsync("/internal/queues", cancellation);
            return await ReadAsync(response, ClusterJson.Default.QueueArray, cancellation);
        });

    public Task<bool> DrainAsync(string worker, bool drain, CancellationToken cancellation) =>
        CallAsync(async () =>
        {
            using var request = new HttpRequestMessage(
                drain ? HttpMethod.Post : HttpMethod.Delete, $"/internal/workers/{Uri.EscapeDataString(worker)}/drain");
            using var response = await http.SendAsync(request, cancellation);
            await ThrowIfRefusedAsync(response, cancellation);
            return true;
        });

    /// <summary>The video as it changes, up to and including its end.</summary>
    public async IAsyncEnumerable<Video> WatchAsync(string id, [EnumeratorCancellation] CancellationToken cancellation)
    {
        using var response = await CallAsync(() => http.GetAsync(
            $"videos/{Uri.EscapeDataString(id)}/events", HttpCompletionOption.ResponseHeadersRead, cancellation));
        await ThrowIfRefusedAsync(response, cancellation);
        await using var stream = await response.Content.ReadAsStreamAsync(cancellation);
        await using var events = SseParser.Create(stream).EnumerateAsync(cancellation).GetAsyncEnumerator(cancellation);
        while (await CallAsync(async () => await events.MoveNextAsync()))
        {
            if (events.Current.EventType != "video.deleted")
            {
                yield return JsonSerializer.Deserialize(events.Current.Data, ApiJson.Default.Video)!;
            }
        }
    }

    /// <summary>Streams a finished clip to <paramref name="destination"/>.</summary>
    public Task DownloadAsync(string id, Stream destination, CancellationToken cancellation) =>
        CallAsync(async () =>
        {
            using var response = await http.GetAsync(
                $"videos/{Uri.EscapeDataString(id)}/content", HttpCompletionOption.ResponseHeadersRead, cancellation);
            await ThrowIfRefusedAsync(response, cancellation);
            await using var source = await response.Content.ReadAsStreamAsync(cancellation);
            await source.CopyToAsync(destination, cancellation);
            return true;
        });

    public void Dispose() => http.Dispose();

    /// <summary>The same fields as a form, with the picture as a file; its type is told by its content.</summary>
    private static MultipartFormDataContent Form(CreateVideo request, string picture)
    {
        var form = new MultipartFormDataContent();
        foreach (var field in JsonSerializer.SerializeToElement(request, ApiJson.Default.CreateVideo).EnumerateObject())
        {
            form.Add(new StringContent(field.Value.ValueKind == JsonValueKind.String ? field.Value.GetString()! : field.Value.GetRawText()), field.Name);
        }

        form.Add(new StreamContent(File.OpenRead(picture)), "input_reference", "picture");
        return form;
    }

    private async Task<T> CallAsync<T>(Func<Task<T>> call)
    {
        try
        {
            return await call();
        }
        catch (Exception lost) when (lost is HttpRequestException or HttpIOException)
        {
            throw new ServerLostException(Server, lost);
        }
    }

    private static Task<Video> ReadVideoAsync(HttpResponseMessage response, CancellationToken cancellation) =>
        ReadAsync(response, ApiJson.Default.Video, cancellation);

    private static async Task<T> ReadAsync<T>(HttpResponseMessage response, JsonTypeInfo<T> type, CancellationToken cancellation)
    {
        await ThrowIfRefusedAsync(response, cancellation);
        return (await response.Content.ReadFromJsonAsync(type, cancellation))!;
    }

    private static async Task ThrowIfRefusedAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        if (response.IsSuccessStatusCode)
        {
            return;
        }

        try
        {
            var failure = await response.Content.ReadFromJsonAsync(ApiJson.Default.ApiFailure, cancellation);
            throw new ApiException(failure!.Error.Message, failure.Error.Code);
        }
        catch (JsonException)
        {
            throw new ApiException(
                $"The server answered {(int)response.StatusCode} and not in the Videos API's words. Is --server the address of a SoraCluster gateway?",
                code: null);
        }
    }
}
