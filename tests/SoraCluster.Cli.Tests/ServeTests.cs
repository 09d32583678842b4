using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace SoraCluster.Cli.Tests;

/// <summary>A server that is killed and started again loses nothing.</summary>
public sealed partial class ServeTests : IDisposable
{
    private readonly Sora sora = new();
    private readonly HttpClient http = new();

    public void Dispose()
    {
        http.Dispose();
        sora.Dispose();
    }

    [Fact]
    public async Task Serve_KilledInTheMiddle_FinishesTheJobsWithTheSameLatents()
    {
        string[] prompts = ["a red ball bounces on the beach", "a green star spins at night", "a white box rolls left in the forest"];
        var undisturbed = await MakeAllAsync(prompts, kills: 0);
        Directory.Delete(sora.Data, recursive: true);
        var disturbed = await MakeAllAsync(prompts, kills: 3);

        Assert.Equal(undisturbed, disturbed);
    }

    [Fact]
    public async Task Make_WhileAServerRuns_UsesIt()
    {
        using var server = sora.Start("serve", "--port", "0");
        await server.OutputAsync("Serving");
        var made = await sora.RunAsync("make", "a red ball bounces on the beach", "--steps", "4");

        Assert.True(made.Status == 0, made.Errors);
        Assert.Contains("a red ball", (await sora.RunAsync("jobs")).Output);
    }

    /// <summary>Submits the prompts, kills the server that often while they run, and returns the digests of the finished latents.</summary>
    private async Task<string[]> MakeAllAsync(string[] prompts, int kills)
    {
        string[]? ids = null;
        for (var kill = 0; ; kill++)
        {
            using var server = sora.Start("serve", "--port", "0");
            var address = Address().Match(await server.OutputAsync("Serving")).Value;
            ids ??= await SubmitAsync(address, prompts);
            if (kill == kills)
            {
                return await FinishAsync(address, ids);
            }

            // Dies somewhere else each time: once a further checkpoint's worth of steps is done.
            await WaitForStepAsync(address, ids[kill], 4 + 5 * kill);
            server.Signal("KILL");
            await server.EndAsync();
        }
    }

    private async Task<string[]> SubmitAsync(string address, string[] prompts)
    {
        var ids = new List<string>();
        foreach (var prompt in prompts)
        {
            using var response = await http.PostAsJsonAsync($"{address}/videos", new { prompt, seed = 5, steps = 60 });
            response.EnsureSuccessStatusCode();
            ids.Add((await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString()!);
        }

        return [.. ids];
    }

    private async Task WaitForStepAsync(string address, string id, int step) => await WatchAsync(
        address, id, video => video.GetProperty("sora").GetProperty("step").GetInt32() >= step || Ended(video));

    private async Task<string[]> FinishAsync(string address, string[] ids)
    {
        foreach (var id in ids)
        {
            var video = await WatchAsync(address, id, Ended);
            Assert.True(video.GetProperty("status").GetString() == "completed", video.ToString());
        }

        return [.. ids.Select(id => Digest(Directory.GetFiles(sora.Data, "latents.safetensors", SearchOption.AllDirectories).Single(f => f.Contains(id, StringComparison.Ordinal))))];
    }

    private async Task<JsonElement> WatchAsync(string address, string id, Func<JsonElement, bool> until)
    {
        await using var events = await http.GetStreamAsync($"{address}/videos/{id}/events");
        using var reader = new StreamReader(events);
        JsonElement last = default;
        while (await reader.ReadLineAsync() is { } line)
        {
            if (line.StartsWith("data: ", StringComparison.Ordinal))
            {
                last = JsonSerializer.Deserialize<JsonElement>(line["data: ".Length..]);
                if (until(last))
                {
                    return last;
                }
            }
        }

        return last;
    }

    private static bool Ended(JsonElement video) => video.GetProperty("status").GetString() is "completed" or "failed";

    private static string Digest(string file)
    {
        var bytes = File.ReadAllBytes(file);
        return Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(bytes.AsSpan(8 + (int)BitConverter.ToInt64(bytes))));
    }

    [GeneratedRegex(@"http://\S+/v1")]
    private static partial Regex Address();
}
