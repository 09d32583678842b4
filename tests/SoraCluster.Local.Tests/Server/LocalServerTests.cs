using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using SoraCluster.Local.Tests.Crash;
using SoraCluster.Media;
using SoraCluster.Testing;
using SoraCluster.Testing.Packs;

namespace SoraCluster.Local.Tests.Server;

public sealed class LocalServerTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly MicroPack pack = MicroPack.Create();

    [Fact]
    public async Task Start_AskedForAClip_DeliversAnMp4()
    {
        await using var server = await LocalServer.StartAsync(Options());
        using var client = new ServerClient(server.BaseAddress);

        var created = await client.CreateAsync("a");

        Assert.Equal(HttpStatusCode.OK, created!.Value.Status);
        Assert.Equal("completed", await client.EndedAsync(created.Value.Id!));
        Assert.Equal("ftyp", Encoding.ASCII.GetString(await client.ContentAsync(created.Value.Id!), 4, 4));
        Assert.Equal(1, await client.UsedAsync());
    }

    [Fact]
    public async Task Stop_JobUnderWay_GoesOnAtTheNextStart()
    {
        string id;
        await using (var server = await LocalServer.StartAsync(Options()))
        {
            using var client = new ServerClient(server.BaseAddress);
            id = (await client.CreateAsync("a", seconds: 6, steps: 60))!.Value.Id!;
            await client.UntilAsync(id, video => video.GetProperty("sora").GetProperty("step").GetInt32() >= 2);
        }

        Assert.NotEmpty(Directory.GetFiles(folder.Of($"data/artifacts/jobs/{id}/checkpoints")));
        await using var next = await LocalServer.StartAsync(Options());
        using var again = new ServerClient(next.BaseAddress);
        Assert.Equal("completed", await again.EndedAsync(id));
    }

    [Fact]
    public async Task Preset_AfterARestart_IsStillThere()
    {
        await using (var server = await LocalServer.StartAsync(Options()))
        {
            using var http = new HttpClient { BaseAddress = server.BaseAddress };
            using var put = await http.PutAsJsonAsync("v1/presets/mine", new { scene = "beach" });
            put.EnsureSuccessStatusCode();
        }

        await using var next = await LocalServer.StartAsync(Options());
        using var again = new ServerClient(next.BaseAddress);
        var mine = (await again.GetAsync("v1/presets")).GetProperty("data").EnumerateArray().Single(p => p.GetProperty("id").GetString() == "mine");
        Assert.Equal("beach", mine.GetProperty("fills").GetProperty("scene").GetString());
    }

    [Fact]
    public async Task Create_RetriedAfterARestart_IsTheSameJobAndAnotherBodyAConflict()
    {
        (HttpStatusCode Status, string? Id)? first;
        await using (var server = await LocalServer.StartAsync(Options()))
        {
            using var client = new ServerClient(server.BaseAddress);
            first = await client.CreateAsync("retry");
        }

        await using var next = await LocalServer.StartAsync(Options());
        using var again = new ServerClient(next.BaseAddress);
        Assert.Equal(first, await again.CreateAsync("retry"));
        Assert.Equal(HttpStatusCode.Conflict, (await again.CreateAsync("retry", steps: 5))!.Value.Status);
        Assert.Equal(1, await again.UsedAsync());
    }

    [Fact]
    public async Task Start_Running_TellsWhereItIs()
    {
        await using (var server = await LocalServer.StartAsync(Options()))
        {
            Assert.Equal(server.BaseAddress, LocalServer.FindRunning(folder.Of("data"))!.Address);
        }

        Assert.Null(LocalServer.FindRunning(folder.Of("data")));
    }

    [Fact]
    public async Task Start_DataFolderInUse_IsRefused()
    {
        await using var first = await LocalServer.StartAsync(Options());

        Assert.Contains("in use by another server", await RefusalAsync(Options()));
    }

    [Fact]
    public async Task Start_PortInUse_SaysWhichAndLeavesTheFolderFree()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;

        var refusal = await RefusalAsync(Options(port));

        Assert.Contains($"Port {port} is in use", refusal);
        Assert.Contains("--port", refusal);
        await (await LocalServer.StartAsync(Options())).StopAsync();
    }

    [Fact]
    public async Task Start_DataFolderThatCannotBeWritten_SaysSo()
    {
        var refusal = await RefusalAsync(new() { Port = 0, DataFolder = "/sys/soracluster", PackFolders = [pack.Folder] });

        Assert.Contains("/sys/soracluster", refusal);
        Assert.Contains("--data", refusal);
    }

    [Fact]
    public async Task Start_NoPacks_SaysWhereItLooked()
    {
        Directory.CreateDirectory(folder.Of("empty"));

        var refusal = await RefusalAsync(new() { Port = 0, DataFolder = folder.Of("data"), PackFolders = [folder.Of("empty")] });

        Assert.Contains(folder.Of("empty"), refusal);
        Assert.Contains("SORA_PACKS", refusal);
    }

    [Fact]
    public async Task Start_OnlyPackIsBroken_SaysWhichFile()
    {
        File.Delete(pack.PathOf("tokenizer/lexicon.json"));

        Assert.Contains("tokenizer/lexicon.json", await RefusalAsync(Options()));
    }

    [Fact]
    public async Task Start_OneOfTwoPacksIsBroken_RunsAndTellsOfIt()
    {
        using var broken = MicroPack.Create();
        File.Delete(broken.PathOf("pack.json"));
        File.WriteAllText(broken.PathOf("pack.json"), "{");

        await using var server = await LocalServer.StartAsync(
            new() { Port = 0, DataFolder = folder.Of("data"), PackFolders = [broken.Folder, pack.Folder] });

        Assert.Contains("pack.json", Assert.Single(server.PackProblems).Message);
        using var client = new ServerClient(server.BaseAddress);
        Assert.Equal("micro", (await client.GetAsync("v1/models")).GetProperty("data")[0].GetProperty("id").GetString());
    }

    [Fact]
    public async Task Start_NoFfmpeg_SaysWhatToInstall()
    {
        var refusal = await RefusalAsync(new()
        {
            Port = 0,
            DataFolder = folder.Of("data"),
            PackFolders = [pack.Folder],
            Media = new MediaOptions { FfmpegPath = folder.Of("nothing") },
        });

        Assert.Contains("Install ffmpeg", refusal);
    }

    [Fact]
    public async Task Start_OpenToOthersWithoutKeys_IsRefused()
    {
        var refusal = await RefusalAsync(new() { Port = 0, Host = "0.0.0.0", DataFolder = folder.Of("data"), PackFolders = [pack.Folder] });

        Assert.Contains("no API key exists", refusal);
    }

    [Fact]
    public async Task Start_ValueOutOfRange_NamesIt() => Assert.Contains("Port", await RefusalAsync(Options(70000)));

    public void Dispose()
    {
        pack.Dispose();
        folder.Dispose();
    }

    /// <summary>One line, whatever the reason.</summary>
    private static async Task<string> RefusalAsync(LocalServerOptions options)
    {
        var refused = await Assert.ThrowsAsync<LocalServerException>(() => LocalServer.StartAsync(options));
        Assert.DoesNotContain('\n', refused.Message);
        return refused.Message;
    }

    private LocalServerOptions Options(int port = 0) => new()
    {
        Port = port,
        DataFolder = folder.Of("data"),
        PackFolders = [pack.Folder],
        Threads = 1,
        Gateway = g => g.RequestsPerMinute = 0,
    };
}
