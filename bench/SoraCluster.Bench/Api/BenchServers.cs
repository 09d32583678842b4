using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using SoraCluster.Domain.Users;
using SoraCluster.Local;

namespace SoraCluster.Bench.Api;

/// <summary>What <see cref="ServedProcess"/> runs: the local server, and the bare endpoint that is its ceiling. Both end when standard input does.</summary>
internal static class BenchServers
{
    public static async Task LocalAsync(string packFolder, string dataFolder, bool hasWorker = true)
    {
        await using var server = await LocalServer.StartAsync(new LocalServerOptions
        {
            Port = 0,
            DataFolder = dataFolder,
            PackFolders = [packFolder],
            Threads = 1,
            MaxJobs = 1,
            HasWorker = hasWorker,
            Quotas = new QuotaOptions { Limit = 100_000 },
            Gateway = gateway => (gateway.RequestsPerMinute, gateway.MaxQueueWait) = (0, TimeSpan.Zero),
        });
        await ServeAsync(server.BaseAddress);
    }

    /// <summary>The least that a minimal API can do for the same answers: a route with an id and one to post to, a body that is there already.</summary>
    /// <param name="bodyFile">The body.</param>
    public static async Task EchoAsync(string bodyFile)
    {
        var body = await File.ReadAllTextAsync(bodyFile);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        await using var app = builder.Build();
        app.MapPost("/v1/videos", () => Results.Text(body, "application/json; charset=utf-8"));
        app.MapGet("/v1/videos/{id}", (string id) => id.Length > 0 ? Results.Text(body, "application/json; charset=utf-8") : Results.NotFound());
        await app.StartAsync();
        await ServeAsync(new Uri(app.Urls.First()));
    }

    private static async Task ServeAsync(Uri address)
    {
        Console.WriteLine(new IPEndPoint(IPAddress.Loopback, address.Port));
        while (await Console.In.ReadLineAsync() is not null)
        {
        }
    }
}
