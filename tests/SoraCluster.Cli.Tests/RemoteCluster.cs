using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text.Json;

namespace SoraCluster.Cli.Tests;

/// <summary>A node and workers that dial in, as processes of their own, and a client of theirs.</summary>
internal sealed class RemoteCluster : IDisposable
{
    /// <summary>The workers' promise: what losing a lease costs a job, in steps. Theirs are too quick for the usual interval to be seen at work.</summary>
    public const int CheckpointEvery = 5;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(9);

    private readonly HttpClient http = new();
    private readonly List<Sora.Run> started = [];
    private readonly string port = FreePort();

    public Sora Sora { get; } = new();

    public string Address => $"http://127.0.0.1:{port}";

    public void Dispose()
    {
        started.ForEach(process => process.Dispose());
        http.Dispose();
        Sora.Dispose();
    }

    /// <summary>Starts a node and does not wait for it.</summary>
    /// <param name="options">Such as <c>--no-worker</c>.</param>
    public Sora.Run StartNode(params string[] options) => Start(["serve", "--port", port, "--daily-limit", "1000", .. options]);

    public Sora.Run StartWorker() => Start("worker", "--gateway", Address, "--threads", "1", "--checkpoint-every", $"{CheckpointEvery}");

    public async Task<Sora.Run> ServeAsync(params string[] options)
    {
        var node = StartNode(options);
        await node.OutputAsync("Serving");
        return node;
    }

    public async Task<Sora.Run> JoinAsync()
    {
        var worker = StartWorker();
        await worker.ErrorsAsync("Connected");
        return worker;
    }

    /// <summary>Kills a process that must not have ended by itself.</summary>
    public static async Task KillAsync(Sora.Run process)
    {
        var endedBefore = process.HasEnded;
        process.Signal("KILL");
        var ended = await process.EndAsync();
        Assert.False(endedBefore, $"It ended by itself with {ended.Status}: {ended.Output}{ended.Errors}");
    }

    /// <summary>Submits so many jobs; the same number always gives the same ones.</summary>
    public async Task<string[]> SubmitAsync(int count, int steps)
    {
        var ids = new List<string>();
        for (var seed = 0; seed < count; seed++)
        {
            var body = new { prompt = "a red ball bounces on the beach", seed, steps, seconds = "1", size = "64x64" };
            var created = await AskAsync(() => http.PostAsJsonAsync($"{Address}/v1/videos", body), JsonAsync);
            ids.Add(created.GetProperty("id").GetString()!);
        }

        return [.. ids];
    }

    public Task<JsonElement> GetAsync(string path) => AskAsync(() => http.GetAsync($"{Address}{path}"), JsonAsync);

    public Task<JsonElement> VideoAsync(string id) => GetAsync($"/v1/videos/{id}");

    /// <summary>Digest of the clip's bytes.</summary>
    public Task<string> ClipAsync(string id) => AskAsync(
        () => http.GetAsync($"{Address}/v1/videos/{id}/content"),
        async content => Convert.ToHexString(SHA256.HashData(await content.ReadAsByteArrayAsync())));

    /// <summary>What an operator tells a queue.</summary>
    public async Task TellAsync(string path) => (await http.PostAsync($"{Address}/internal/{path}", null)).EnsureSuccessStatusCode();

    /// <summary>Asks until it is so.</summary>
    public async Task<JsonElement> UntilAsync(string id, Func<JsonElement, bool> condition)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (true)
        {
            var video = await VideoAsync(id);
            if (condition(video))
            {
                return video;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, patience.Token);
        }
    }

    public static bool Ended(JsonElement video) => video.GetProperty("status").GetString() is "completed" or "failed";

    public static int Step(JsonElement video) => video.GetProperty("sora").GetProperty("step").GetInt32();

    /// <summary>How many leases a finished job has had: clips are stored under the number of the lease that made them.</summary>
    public int LeasesOf(string id) => Directory.GetFiles(Sora.Data, "video.mp4", SearchOption.AllDirectories)
        .Where(file => file.Contains(id, StringComparison.Ordinal))
        .Max(file => int.Parse(Path.GetFileName(Path.GetDirectoryName(file)!), CultureInfo.InvariantCulture));

    private Sora.Run Start(params string[] arguments)
    {
        var process = Sora.Start(arguments);
        started.Add(process);
        return process;
    }

    /// <summary>Asks again while the node is down, or says that it is asked too often.</summary>
    private static async Task<T> AskAsync<T>(Func<Task<HttpResponseMessage>> ask, Func<HttpContent, Task<T>> read)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (true)
        {
            try
            {
                using var response = await ask();
                if (response.StatusCode is not (HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable))
                {
                    Assert.True(response.IsSuccessStatusCode, $"{response.RequestMessage?.RequestUri}: {await response.Content.ReadAsStringAsync()}");
                    return await read(response.Content);
                }
            }
            catch (Exception e) when (e is HttpRequestException or IOException)
            {
            }

            await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System, patience.Token);
        }
    }

    private static Task<JsonElement> JsonAsync(HttpContent content) => content.ReadFromJsonAsync<JsonElement>();

    private static string FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);
    }
}
