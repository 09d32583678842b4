using System.ClientModel;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text.Json;
using OpenAI.Videos;
using SoraCluster.Gateway.Tests.Support;
using SoraCluster.Testing.Node;

namespace SoraCluster.Gateway.Tests.Examples;

/// <summary>The examples of <c>docs/api.md</c>, as they stand there, against a real server.</summary>
public sealed class ExampleTests : IAsyncLifetime, IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("sora-examples-").FullName;
    private GatewayHost host = null!;
    private AutoWorker worker = null!;
    private string key = "";

    public async Task InitializeAsync()
    {
        host = await GatewayHost.StartAsync(o => o.RequestsPerMinute = 0, time: TimeProvider.System);
        key = await host.IssueKeyAsync("alice", "operator");
        worker = new AutoWorker(host);
    }

    public async Task DisposeAsync()
    {
        await worker.DisposeAsync();
        await host.DisposeAsync();
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [ProgramFact("curl")]
    public Task Bash_Example_MakesAClip() => RunAsync("bash", "-euo", "pipefail", "-c", Block("bash"));

    [ProgramFact("python3")]
    public Task Python_Example_MakesAClip() => RunAsync("python3", "-c", Block("python"));

    [NodeFact]
    public async Task JavaScript_Example_MakesAClip()
    {
        // Modules are looked for from where the script lies.
        var client = await NodePackage.InstalledAsync("node");
        Directory.CreateSymbolicLink(Path.Combine(folder, "node_modules"), Path.Combine(client.Folder, "node_modules"));
        await File.WriteAllTextAsync(Path.Combine(folder, "example.mjs"), Block("javascript"));
        await RunAsync("node", "example.mjs");
    }

    [Fact]
    public async Task CSharp_Example_MakesAClip()
    {
        var server = host.Address;

        var client = new VideoClient(new ApiKeyCredential(key), new VideoClientOptions { Endpoint = new Uri(server, "v1") });
        var request = BinaryContent.Create(BinaryData.FromObjectAsJson(new { prompt = "a red ball bounces on the beach", seconds = "2" }));
        var video = JsonDocument.Parse((await client.CreateVideoAsync(request, "application/json")).GetRawResponse().Content).RootElement;
        var id = video.GetProperty("id").GetString()!;
        while (video.GetProperty("status").GetString() is "queued" or "in_progress")
        {
            video = JsonDocument.Parse((await client.GetVideoAsync(id)).GetRawResponse().Content).RootElement;
        }

        var content = (await client.DownloadVideoAsync(id)).GetRawResponse().Content;

        Assert.Equal(ScriptedWorker.Clip, content.ToArray());
        var here = Lines(await File.ReadAllTextAsync(ThisFile()));
        Assert.All(Lines(Block("csharp")).SkipLast(1), line => Assert.Contains(line, here)); // the last one writes the file
    }

    [Fact]
    public async Task Page_IsServedAsItIsInTheRepository()
    {
        using var response = await host.SendAsync(HttpMethod.Get, "/docs/api.md");
        Assert.Equal("text/markdown", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal(Page(), await response.Content.ReadAsStringAsync());
    }

    private async Task RunAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["SORA_SERVER"] = host.Address.ToString().TrimEnd('/'), ["SORA_API_KEY"] = key },
        };
        using var process = Process.Start(start)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, await output + await errors);
        Assert.Equal(ScriptedWorker.Clip, await File.ReadAllBytesAsync(Path.Combine(folder, "clip.mp4")));
    }

    /// <summary>The one block of that language.</summary>
    private static string Block(string language)
    {
        var parts = Page().Split($"```{language}\n");
        Assert.Equal(2, parts.Length);
        return parts[1][..parts[1].IndexOf("```", StringComparison.Ordinal)];
    }

    private static string[] Lines(string text) => [.. text.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0)];

    private static string Page() => File.ReadAllText(Path.Combine(Repository(), "docs", "api.md"));

    private static string Repository() => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(ThisFile())!, "..", "..", ".."));

    private static string ThisFile([CallerFilePath] string here = "") => here;
}
