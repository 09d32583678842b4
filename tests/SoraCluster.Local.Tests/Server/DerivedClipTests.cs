using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using SoraCluster.Diffusion.Safetensors;
using SoraCluster.Local.Tests.Crash;
using SoraCluster.Testing;
using SoraCluster.Testing.Packs;

namespace SoraCluster.Local.Tests.Server;

/// <summary>Clips made from clips, over HTTP, by the real server: down to the latents that are kept.</summary>
public sealed class DerivedClipTests : IAsyncLifetime
{
    private readonly TemporaryFolder folder = new();
    private readonly MicroPack pack = MicroPack.Create();
    private LocalServer server = null!;
    private HttpClient http = null!;
    private ServerClient client = null!;

    public async Task InitializeAsync()
    {
        server = await LocalServer.StartAsync(new()
        {
            Port = 0,
            DataFolder = folder.Of("data"),
            PackFolders = [pack.Folder],
            Threads = 1,
            Gateway = g => g.RequestsPerMinute = 0,
        });
        http = new HttpClient { BaseAddress = server.BaseAddress };
        client = new ServerClient(server.BaseAddress);
    }

    public async Task DisposeAsync()
    {
        http.Dispose();
        client.Dispose();
        await server.DisposeAsync();
        pack.Dispose();
        folder.Dispose();
    }

    [Fact]
    public async Task Remix_SourceDeletedAtOnce_IsMadeAndTwiceTheSame()
    {
        var source = await MakeAsync("v1/videos", new { prompt = "red circle bounce", seconds = "2", steps = 4, size = "64x64" });
        var request = new { prompt = "blue", seed = 5, strength = 0.5 };
        var first = await AskAsync($"v1/videos/{source}/remix", request);
        var second = await AskAsync($"v1/videos/{source}/remix", request);
        using var deleted = await http.DeleteAsync($"v1/videos/{source}");
        Assert.True(deleted.IsSuccessStatusCode);

        Assert.Equal("completed", await client.EndedAsync(first));
        Assert.Equal("completed", await client.EndedAsync(second));
        Assert.Equal(Latents(first), Latents(second));
        var video = await client.GetAsync($"v1/videos/{first}");
        Assert.Equal(source, video.GetProperty("remixed_from_video_id").GetString());
        Assert.Equal(2, video.GetProperty("sora").GetProperty("total_steps").GetInt32());
    }

    [Fact]
    public async Task ExtendThenLoop_KeepTheirSourceToTheBit()
    {
        var source = await MakeAsync("v1/videos", new { prompt = "red circle bounce", seconds = "2", steps = 4, size = "64x64" });
        var extended = await MakeAsync("v1/videos/extensions", new { prompt = "blue", seconds = "2", video = new { id = source } });
        var looped = await MakeAsync($"v1/videos/{extended}/loop", new { });

        var (was, longer, closed) = (Latents(source), Latents(extended), Latents(looped));
        Assert.Equal(was, longer[..was.Length]);
        Assert.Equal(2 * was.Length, longer.Length);
        var kept = longer.Length - (was.Length / 2); // a loop makes two of a window's four latent frames anew
        Assert.Equal(longer[..kept], closed[..kept]);
        Assert.NotEqual(longer[kept..], closed[kept..]);
        Assert.Equal("4", (await client.GetAsync($"v1/videos/{looped}")).GetProperty("seconds").GetString());
    }

    [Fact]
    public async Task EditAndBlend_AreMadeAndTellTheirSources()
    {
        var source = await MakeAsync("v1/videos", new { prompt = "red circle bounce", seconds = "2", steps = 4, size = "64x64" });
        var edited = await MakeAsync("v1/videos/edits", new { prompt = "blue", video = new { id = source } });
        var blended = await MakeAsync("v1/videos/blends", new { videos = new[] { source, edited } });

        var sora = (await client.GetAsync($"v1/videos/{blended}")).GetProperty("sora");
        Assert.Equal((source, edited), (sora.GetProperty("source_video_id").GetString(), sora.GetProperty("other_source_video_id").GetString()));
        Assert.Equal("ftyp", Encoding.ASCII.GetString(await client.ContentAsync(blended), 4, 4));
    }

    private async Task<string> MakeAsync(string path, object body)
    {
        var id = await AskAsync(path, body);
        Assert.Equal("completed", await client.EndedAsync(id));
        return id;
    }

    private async Task<string> AskAsync(string path, object body)
    {
        using var answer = await http.PostAsync(path, JsonContent.Create(body));
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, text);
        return JsonDocument.Parse(text).RootElement.GetProperty("id").GetString()!;
    }

    private float[] Latents(string id)
    {
        var path = Assert.Single(Directory.GetFiles(folder.Of($"data/artifacts/jobs/{id}"), "latents.safetensors", SearchOption.AllDirectories));
        return SafetensorsFile.Parse(File.ReadAllBytes(path)).ReadFloats("video");
    }
}
