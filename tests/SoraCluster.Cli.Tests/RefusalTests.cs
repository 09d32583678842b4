using System.Net;
using System.Net.Sockets;

namespace SoraCluster.Cli.Tests;

/// <summary>What a user gets wrong, or a machine lacks: one clear line, a status that is not zero, and no file.</summary>
public sealed class RefusalTests : IDisposable
{
    private readonly Sora sora = new();

    public void Dispose() => sora.Dispose();

    [Theory]
    [InlineData("prompt", "")]
    [InlineData("prompt", "   ")]
    [InlineData("character", "a red\u0007 ball")]
    public async Task Make_BadPrompt_SaysSo(string said, string prompt) => await RefusedAsync(said, "make", prompt);

    [Fact]
    public async Task Make_HugePrompt_SaysTheLimit() => await RefusedAsync("16", "make", new string('x', 100_000));

    [Theory]
    [InlineData("tiny", "--model", "gpt-9")]
    [InlineData("seconds", "--seconds", "999")]
    [InlineData("size", "--size", "7x7")]
    [InlineData("size", "--size", "huge")]
    [InlineData("steps", "--steps", "0")]
    [InlineData("guidance_scale", "--guidance", "0.2")]
    public async Task Make_ImpossibleOption_SaysWhatIsPossible(string said, string option, string value) =>
        await RefusedAsync(said, "make", "a red ball", option, value);

    [Theory]
    [InlineData("--seed", "abc")]
    [InlineData("--frobnicate", "1")]
    [InlineData("--server", "nonsense")]
    public async Task Make_BadCommandLine_FailsWithoutStarting(string option, string value)
    {
        var made = await sora.RunAsync("make", "a red ball", option, value);

        Assert.NotEqual(0, made.Status);
        Assert.False(Directory.Exists(sora.Data));
    }

    [Fact]
    public async Task Make_PictureThatIsNotThere_SaysSoWithoutStarting()
    {
        await RefusedAsync("no-such.png", "make", "it rolls", "--input-reference", "no-such.png");
        Assert.False(Directory.Exists(sora.Data));
    }

    [Fact]
    public async Task Make_PictureThatIsNone_SaysWhatIsRead()
    {
        var file = Path.Combine(sora.Folder, "picture.png");
        await File.WriteAllTextAsync(file, "not a picture");
        await RefusedAsync("JPEG", "make", "it rolls", "--input-reference", file);
    }

    [Fact]
    public async Task Make_NobodyAtTheServer_SaysHowToStartOne() =>
        await RefusedAsync("sora serve", "make", "a red ball", "--server", $"http://127.0.0.1:{FreePort()}");

    [Fact]
    public async Task Make_FfmpegAbsent_SaysWhatToInstall()
    {
        sora.Environment["SORA_FFMPEG"] = Path.Combine(sora.Folder, "no-such-ffmpeg");
        await RefusedAsync("ffmpeg", "make", "a red ball");
    }

    [Fact]
    public async Task Make_CorruptPack_NamesTheFile()
    {
        var pack = Path.Combine(sora.Folder, "packs", "tiny");
        CopyFolder(Repository.Path("models", "tiny"), pack);
        var weights = Directory.GetFiles(Path.Combine(pack, "transformer"), "*.safetensors").Single();
        using (var file = File.OpenWrite(weights))
        {
            file.SetLength(file.Length / 2);
        }

        sora.Environment["SORA_PACKS"] = Path.Combine(sora.Folder, "packs");
        await RefusedAsync(Path.GetFileName(weights), "make", "a red ball");
    }

    [Fact]
    public async Task Make_NoPacks_SaysWhereToPutThem()
    {
        sora.Environment["SORA_PACKS"] = Directory.CreateDirectory(Path.Combine(sora.Folder, "empty")).FullName;
        await RefusedAsync("pack", "make", "a red ball");
    }

    [Fact]
    public async Task Make_DataFolderThatCannotBe_SaysSo()
    {
        var file = Path.Combine(sora.Folder, "a-file");
        await File.WriteAllTextAsync(file, "not a folder");
        await RefusedAsync("--data", "make", "a red ball", "--data", Path.Combine(file, "data"));
    }

    [Fact]
    public async Task Make_OutputThatCannotBe_FailsBeforeAnyWork()
    {
        await RefusedAsync("-o", "make", "a red ball", "-o", Path.Combine(sora.Folder, "missing", "clip.mp4"));
        Assert.False(Directory.Exists(sora.Data));
    }

    [Fact]
    public async Task Serve_PortInUse_SaysSo()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port.ToString(System.Globalization.CultureInfo.InvariantCulture);

        await RefusedAsync(port, "serve", "--port", port);
    }

    [Fact]
    public async Task Serve_BeyondLoopbackWithoutKeys_IsRefused() => await RefusedAsync("key", "serve", "--host", "0.0.0.0", "--port", "0");

    [Fact]
    public async Task Show_UnknownJob_SaysSo() => await RefusedAsync("video_nothing", "show", "video_nothing");

    [Fact]
    public async Task Help_TeachesTheMainCommand()
    {
        var help = await sora.RunAsync("--help");

        Assert.Equal(0, help.Status);
        Assert.Contains("sora make \"a red ball bounces on the beach\"", help.Output);
    }

    private async Task RefusedAsync(string said, params string[] arguments)
    {
        var run = await sora.RunAsync(arguments);

        Assert.NotEqual(0, run.Status);
        Assert.Contains(said, run.Errors, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("   at ", run.Errors);
        Assert.Single(run.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => line.StartsWith("sora: ", StringComparison.Ordinal));
        Assert.Empty(Directory.GetFiles(sora.Folder, "*.mp4*"));
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static void CopyFolder(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }
}
