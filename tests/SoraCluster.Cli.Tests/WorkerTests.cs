using System.Globalization;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text.Json;

namespace SoraCluster.Cli.Tests;

/// <summary>A node and workers that dial in, as processes of their own, killed while they work.</summary>
public sealed class WorkerTests : IDisposable
{
    private const int Jobs = 6;
    private const int Steps = 40;

    /// <summary>The promise: what a kill costs each job that it hits.</summary>
    private const int CheckpointEvery = 5;

    private readonly Sora sora = new();
    private readonly HttpClient http = new();
    private readonly List<Sora.Run> started = [];

    public void Dispose()
    {
        started.ForEach(process => process.Dispose());
        http.Dispose();
        sora.Dispose();
    }

    [Fact]
    public async Task Worker_ProcessesKilledAtRandom_EveryJobEndsOnceWithTheSameLatents()
    {
        var undisturbed = await UndisturbedAsync();
        Directory.Delete(sora.Data, recursive: true);
        var random = new Random(4);
        var port = FreePort();
        var address = $"http://127.0.0.1:{port}";
        var node = await ServeAsync(port);
        var workers = new[] { await JoinAsync(address), await JoinAsync(address) };
        var ids = await SubmitAsync(address);
        var kills = 0;
        for (; kills < 3; kills++)
        {
            // One that runs is some steps further than when the last one died.
            await UntilAsync(address, ids[kills], video => Ended(video) || Step(video) >= 4 + random.Next(12));
            if (kills == 1)
            {
                await KillAsync(node);
                node = await ServeAsync(port);
            }
            else
            {
                var victim = random.Next(workers.Length);
                await KillAsync(workers[victim]);
                workers[victim] = await JoinAsync(address);
            }
        }

        var redone = 0;
        foreach (var id in ids)
        {
            await UntilAsync(address, id, Ended);
            Assert.Equal("completed", (await GetAsync($"{address}/v1/videos/{id}")).GetProperty("status").GetString());
            redone += (await GetAsync($"{address}/v1/videos/{id}/trace")).GetProperty("steps_redone").GetInt32();
        }

        Assert.Equal(undisturbed, ids.Select(DigestOf));
        Assert.Equal(Jobs, (await GetAsync($"{address}/v1/me/limits")).GetProperty("videos").GetProperty("used").GetInt32());
        Assert.InRange(redone, 0, kills * Jobs * CheckpointEvery);
    }

    [Fact]
    public async Task Worker_CtrlC_GivesItsJobBackAtOnceAndAnotherGoesOn()
    {
        var port = FreePort();
        var address = $"http://127.0.0.1:{port}";
        await ServeAsync(port);
        var first = await JoinAsync(address);
        var id = (await SubmitAsync(address))[0];
        await UntilAsync(address, id, video => Step(video) >= 3);

        first.Signal("INT");
        var ended = await first.EndAsync();

        Assert.True(ended.Status == 0, ended.Errors);
        Assert.Contains("given back", ended.Output);
        await JoinAsync(address);
        await UntilAsync(address, id, Ended);
        Assert.Equal(0, (await GetAsync($"{address}/v1/videos/{id}/trace")).GetProperty("steps_redone").GetInt32());
    }

    [Fact]
    public async Task Queue_PausedByAnOperator_GivesNothingOutUntilItIsResumed()
    {
        var port = FreePort();
        var address = $"http://127.0.0.1:{port}";
        await ServeAsync(port);
        (await http.PostAsync($"{address}/internal/queues/tiny/pause", null)).EnsureSuccessStatusCode();
        await JoinAsync(address);
        var ids = await SubmitAsync(address);
        var queue = (await GetAsync($"{address}/internal/queues"))[0];
        (await http.PostAsync($"{address}/internal/queues/tiny/jobs/{ids[^1]}/first", null)).EnsureSuccessStatusCode();

        Assert.True(queue.GetProperty("paused").GetBoolean());
        Assert.Equal((0, Jobs), (queue.GetProperty("leased").GetInt32(), queue.GetProperty("waiting").EnumerateObject().Sum(c => c.Value.GetInt32())));
        Assert.Equal("The queue is paused by an operator.", (await GetAsync($"{address}/v1/videos/{ids[0]}/trace")).GetProperty("now").GetString());

        (await http.PostAsync($"{address}/internal/queues/tiny/resume", null)).EnsureSuccessStatusCode();
        await UntilAsync(address, ids[^1], Ended);
        var decisions = (await GetAsync($"{address}/v1/videos/{ids[^1]}/trace")).GetProperty("decisions");
        Assert.Equal("operator", decisions[0].GetProperty("reason").GetString());
    }

    [Theory]
    [InlineData("an address", "nonsense")]
    [InlineData("not encrypted", "http://videos.example.org")]
    public async Task Worker_BadGateway_IsRefusedBeforeAnythingIsSent(string said, string gateway)
    {
        var run = await sora.RunAsync("worker", "--gateway", gateway, "--token", "sk-secret");

        Assert.Equal(2, run.Status);
        Assert.Contains(said, run.Errors);
        Assert.DoesNotContain("sk-secret", run.Errors);
    }

    [Fact]
    public async Task Worker_NobodyThere_SaysSoAndConnectsOnceThereIs()
    {
        var port = FreePort();
        var worker = Start("worker", "--gateway", $"http://127.0.0.1:{port}");
        await worker.ErrorsAsync("cannot be reached");

        await ServeAsync(port);

        await worker.ErrorsAsync("Connected");
    }

    private async Task<string[]> UndisturbedAsync()
    {
        var port = FreePort();
        var server = Start("serve", "--port", Text(port));
        await server.OutputAsync("Serving");
        var address = $"http://127.0.0.1:{port}";
        var ids = await SubmitAsync(address);
        foreach (var id in ids)
        {
            await UntilAsync(address, id, Ended);
        }

        var digests = ids.Select(DigestOf).ToArray();
        await KillAsync(server);
        return digests;
    }

    private Sora.Run Start(params string[] arguments)
    {
        var process = sora.Start(arguments);
        started.Add(process);
        return process;
    }

    private async Task<Sora.Run> ServeAsync(int port)
    {
        var node = Start("serve", "--port", Text(port), "--no-worker");
        await node.OutputAsync("Serving");
        return node;
    }

    private async Task<Sora.Run> JoinAsync(string address)
    {
        var worker = Start("worker", "--gateway", address, "--threads", "1");
        await worker.ErrorsAsync("Connected");
        return worker;
    }

    private static async Task KillAsync(Sora.Run process)
    {
        process.Signal("KILL");
        await process.EndAsync();
    }

    private async Task<string[]> SubmitAsync(string address)
    {
        var ids = new List<string>();
        for (var i = 0; i < Jobs; i++)
        {
            using var response = await http.PostAsJsonAsync(
                $"{address}/v1/videos", new { prompt = "a red ball bounces on the beach", seed = i, steps = Steps, seconds = "1", size = "64x64" });
            Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
            ids.Add((await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString()!);
        }

        return [.. ids];
    }

    /// <summary>Asks until it is so; a node that is down is asked again.</summary>
    private async Task UntilAsync(string address, string id, Func<JsonElement, bool> condition)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(5));
        while (!condition(await GetAsync($"{address}/v1/videos/{id}")))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, patience.Token);
        }
    }

    /// <summary>Asks again as long as it is told that it asks too often.</summary>
    private async Task<JsonElement> GetAsync(string address)
    {
        while (true)
        {
            using var response = await http.GetAsync(address);
            if (response.StatusCode is not System.Net.HttpStatusCode.TooManyRequests)
            {
                response.EnsureSuccessStatusCode();
                return await response.Content.ReadFromJsonAsync<JsonElement>();
            }

            await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System);
        }
    }

    /// <summary>
    /// Of the tensors alone: what is written around them may name the process. A worker that dies while it stores leaves some of
    /// its own behind; the newest lease's count.
    /// </summary>
    private string DigestOf(string id)
    {
        var file = Directory.GetFiles(sora.Data, "latents.safetensors", SearchOption.AllDirectories)
            .Where(f => f.Contains(id, StringComparison.Ordinal))
            .MaxBy(f => int.Parse(Path.GetFileName(Path.GetDirectoryName(f)!), CultureInfo.InvariantCulture))!;
        var bytes = File.ReadAllBytes(file);
        return Convert.ToHexString(SHA256.HashData(bytes.AsSpan(8 + (int)BitConverter.ToInt64(bytes))));
    }

    private static bool Ended(JsonElement video) => video.GetProperty("status").GetString() is "completed" or "failed";

    private static int Step(JsonElement video) => video.GetProperty("sora").GetProperty("step").GetInt32();

    private static string Text(int port) => port.ToString(CultureInfo.InvariantCulture);

    private static int FreePort()
    {
        using var listener = new TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        return ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
    }
}
