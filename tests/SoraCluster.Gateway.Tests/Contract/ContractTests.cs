using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using SoraCluster.Gateway.Tests.Support;

namespace SoraCluster.Gateway.Tests.Contract;

/// <summary>
/// The wire as it is, checked in beside this file: a change to it shows in review. To accept a change, delete the snapshot and
/// run the test, which writes it and fails once.
/// </summary>
public sealed class ContractTests : IAsyncLifetime
{
    private GatewayHost host = null!;

    public async Task InitializeAsync() => host = await GatewayHost.StartAsync();

    public async Task DisposeAsync() => await host.DisposeAsync();

    [Fact]
    public async Task Video_InEveryState_IsAsSnapshotted()
    {
        var shown = new JsonObject();
        var (queued, running, completed) = (await host.CreateAsync(), await host.CreateAsync(), await host.CreateAsync());
        var (failed, cancelled) = (await host.CreateAsync(), await host.CreateAsync());
        await host.StartAsync(running, step: 12);
        host.Clock.Advance(TimeSpan.FromSeconds(12));
        await host.CompleteAsync(completed);
        await host.FailAsync(failed);
        await host.Job(cancelled).CancelAsync();
        foreach (var (name, id) in (ReadOnlySpan<(string, string)>)
            [("queued", queued), ("running", running), ("completed", completed), ("failed", failed), ("cancelled", cancelled)])
        {
            shown[name] = Get($"/v1/videos/{id}");
        }

        Check("video.json", shown);
    }

    [Fact]
    public async Task EverythingElse_IsAsSnapshotted()
    {
        var id = await host.CreateAsync();
        await host.CompleteAsync(id);
        var shown = new JsonObject
        {
            ["GET /v1/models"] = Get("/v1/models"),
            ["GET /v1/models/sora-2"] = Get("/v1/models/sora-2"),
            ["GET /v1/me/limits"] = Get("/v1/me/limits"),
            ["GET /v1/videos/{id}/trace"] = Get($"/v1/videos/{id}/trace"),
            ["GET /health"] = Get("/health"),
            ["error"] = Get("/v1/videos/video_1"),
        };
        Check("others.json", shown);
    }

    private JsonNode? Get(string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        using var response = host.Client.Send(request);
        using var reader = new StreamReader(response.Content.ReadAsStream());
        return JsonNode.Parse(reader.ReadToEnd());
    }

    private static void Check(string name, JsonObject shown, [CallerFilePath] string here = "")
    {
        var path = Path.Combine(Path.GetDirectoryName(here)!, "Snapshots", name);
        var options = new JsonSerializerOptions { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
        var text = shown.ToJsonString(options) + "\n";
        if (!File.Exists(path))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, text);
            Assert.Fail($"There was no snapshot {name}; it was written. Look at it and check it in.");
        }

        Assert.Equal(File.ReadAllText(path), text);
    }
}
