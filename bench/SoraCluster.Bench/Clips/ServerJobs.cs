using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using SoraCluster.Domain.Jobs;
using SoraCluster.Domain.Users;
using SoraCluster.Local;

namespace SoraCluster.Bench.Clips;

/// <summary>The same clips as jobs of a local server with its default options, asked for and watched over HTTP.</summary>
internal sealed class ServerJobs : IAsyncDisposable
{
    private readonly LocalServer server;
    private readonly HttpClient http;

    private ServerJobs(LocalServer server)
    {
        this.server = server;
        http = new HttpClient { BaseAddress = server.BaseAddress };
    }

    public static async Task<ServerJobs> StartAsync(string packFolder, string dataFolder) => new(await LocalServer.StartAsync(new LocalServerOptions
    {
        Port = 0,
        DataFolder = dataFolder,
        PackFolders = [packFolder],
        Quotas = new QuotaOptions { Limit = 100_000 },
        Gateway = gateway => gateway.RequestsPerMinute = 0,
    }));

    /// <summary>Seconds from the first submission until the last job is told to be completed.</summary>
    public async Task<double> RunAsync(IReadOnlyList<JobSpec> specs)
    {
        var clock = Stopwatch.StartNew();
        var all = Task.WhenAll(specs.Select(RunAsync));
        await await Task.WhenAny(all, server.Completion);
        return clock.Elapsed.TotalSeconds;
    }

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await server.DisposeAsync();
    }

    private async Task RunAsync(JobSpec spec)
    {
        using var created = await http.PostAsJsonAsync("v1/videos", new
        {
            prompt = spec.Prompt,
            seed = spec.Seed,
            steps = spec.Steps,
            guidance_scale = spec.GuidanceScale,
            seconds = $"{spec.Seconds}",
            size = spec.Size,
        });
        created.EnsureSuccessStatusCode();
        var id = (await created.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString();
        using var reader = new StreamReader(await http.GetStreamAsync($"v1/videos/{id}/events"));
        var last = "";
        while (await reader.ReadLineAsync() is { } line)
        {
            last = line.StartsWith("event: ", StringComparison.Ordinal) ? line : last;
        }

        if (last != "event: video.completed")
        {
            throw new InvalidOperationException($"Job {id} ended with '{last}'.");
        }
    }
}
