using System.Diagnostics;
using System.Text.Json;

namespace SoraCluster.Cli.Tests;

/// <summary>A sentence in, a clip out, as a user types it; with the pack of the repository and the real ffmpeg.</summary>
public sealed class MakeTests : IDisposable
{
    private readonly Sora sora = new();

    public void Dispose() => sora.Dispose();

    [Theory]
    [InlineData("a red ball bounces on the beach", "a-red-ball-bounces-on-the-beach.mp4")]
    [InlineData("赤いボールが海辺で弾む", "赤いボールが海辺で弾む.mp4")]
    public async Task Make_Sentence_WritesAPlayableClip(string prompt, string file)
    {
        var made = await sora.RunAsync("make", prompt, "--seed", "7");

        Assert.True(made.Status == 0, made.Errors);
        var clip = Path.Combine(sora.Folder, file);
        Assert.Contains(clip, made.Output);
        var probe = await ProbeAsync(clip);
        Assert.Equal(["aac", "h264"], probe.Codecs.Order());
        Assert.InRange(probe.Seconds, 1.9, 2.1);
    }

    [Fact]
    public async Task Make_SameSeedTwice_GivesIdenticalLatents()
    {
        await MakeAsync("a blue star spins in the forest", "--seed", "11");
        await MakeAsync("a blue star spins in the forest", "--seed", "11");
        await MakeAsync("a blue star spins in the forest", "--seed", "12");

        var latents = Directory.GetFiles(sora.Data, "latents.safetensors", SearchOption.AllDirectories)
            .Select(file => Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(TensorBytes(file))))
            .ToArray();
        Assert.Equal(3, latents.Length);
        Assert.Equal(2, latents.Distinct().Count());
    }

    [Fact]
    public async Task Make_Json_PrintsTheVideoAndNothingElse()
    {
        var made = await MakeAsync("a pink heart jumps in the snow", "--seed", "3", "--json", "-o", "heart.mp4");

        using var video = JsonDocument.Parse(made.Output);
        Assert.Equal("completed", video.RootElement.GetProperty("status").GetString());
        Assert.Equal(3, video.RootElement.GetProperty("sora").GetProperty("seed").GetInt32());
        Assert.Empty(made.Errors);
        Assert.True(File.Exists(Path.Combine(sora.Folder, "heart.mp4")));
    }

    [Fact]
    public async Task Download_FinishedClip_WritesTheSameBytes()
    {
        using var made = JsonDocument.Parse((await MakeAsync("a pink heart jumps in the snow", "--json", "-o", "heart.mp4")).Output);

        var again = await sora.RunAsync("download", made.RootElement.GetProperty("id").GetString()!, "-o", "again.mp4");

        Assert.True(again.Status == 0, again.Errors);
        Assert.Equal(File.ReadAllBytes(Path.Combine(sora.Folder, "heart.mp4")), File.ReadAllBytes(Path.Combine(sora.Folder, "again.mp4")));
        Assert.Equal(1, (await sora.RunAsync("download", "video_none")).Status);
    }

    [Fact]
    public async Task Make_FromAPicture_BeginsWithIt()
    {
        await MakeAsync("a big red star stands still on the beach", "--no-audio", "-o", "beach.mp4");
        await File.WriteAllBytesAsync(Path.Combine(sora.Folder, "beach.png"), await FrameAsync("beach.mp4", "-c:v", "png", "-f", "image2pipe"));

        await MakeAsync("it spins", "--input-reference", Path.Combine(sora.Folder, "beach.png"), "-o", "spin.mp4");
        await MakeAsync("it spins", "-o", "words.mp4");

        var picture = await PixelsAsync("beach.mp4");
        Assert.InRange(Distance(picture, await PixelsAsync("spin.mp4")), 0, 8);
        Assert.InRange(Distance(picture, await PixelsAsync("words.mp4")), 16, 255);
    }

    [Fact]
    public async Task Make_WordsOutsideTheLexicon_AreTold()
    {
        var made = await MakeAsync("a red zebra bounces on the beach");

        Assert.Contains("zebra", made.Errors);
    }

    [Fact]
    public async Task Make_Interrupted_CancelsTheJobAndWritesNothing()
    {
        using var run = sora.Start("make", "a red ball bounces on the beach", "--steps", "100", "--seconds", "12", "-o", "never.mp4");
        await run.ErrorsAsync("step ");
        run.Signal("INT");
        var ended = await run.EndAsync();

        Assert.Equal(130, ended.Status);
        Assert.Contains("cancelled; nothing was written", ended.Errors);
        Assert.Empty(Directory.GetFiles(sora.Folder, "never.mp4*"));
        Assert.Contains("cancelled", (await sora.RunAsync("jobs")).Output);
    }

    private async Task<Sora.Outcome> MakeAsync(string prompt, params string[] options)
    {
        var made = await sora.RunAsync(["make", prompt, .. options]);
        Assert.True(made.Status == 0, made.Errors);
        return made;
    }

    /// <summary>A clip's first frame at the pack's own size, without the corner that bears the mark: grey values.</summary>
    private async Task<byte[]> PixelsAsync(string clip) => await FrameAsync(clip, "-vf", "crop=iw:ih*3/4:0:0,scale=64:48,format=gray", "-f", "rawvideo");

    private async Task<byte[]> FrameAsync(string clip, params string[] output)
    {
        var start = new ProcessStartInfo("ffmpeg", ["-v", "error", "-i", Path.Combine(sora.Folder, clip), "-frames:v", "1", .. output, "-"]) { RedirectStandardOutput = true };
        using var ffmpeg = Process.Start(start)!;
        using var bytes = new MemoryStream();
        await ffmpeg.StandardOutput.BaseStream.CopyToAsync(bytes);
        return bytes.ToArray();
    }

    /// <summary>Mean difference of grey values, 0 to 255.</summary>
    private static double Distance(byte[] a, byte[] b) => a.Zip(b, (x, y) => Math.Abs(x - y)).Average();

    /// <summary>The tensors of a safetensors file, without the header that names job and time.</summary>
    private static byte[] TensorBytes(string file)
    {
        var bytes = File.ReadAllBytes(file);
        return bytes[(8 + (int)BitConverter.ToInt64(bytes))..];
    }

    private static async Task<(string[] Codecs, double Seconds)> ProbeAsync(string clip)
    {
        var start = new ProcessStartInfo("ffprobe", ["-v", "error", "-of", "json", "-show_streams", "-show_format", clip]) { RedirectStandardOutput = true };
        using var probe = Process.Start(start)!;
        using var json = JsonDocument.Parse(await probe.StandardOutput.ReadToEndAsync());
        return (
            [.. json.RootElement.GetProperty("streams").EnumerateArray().Select(s => s.GetProperty("codec_name").GetString()!)],
            double.Parse(json.RootElement.GetProperty("format").GetProperty("duration").GetString()!, System.Globalization.CultureInfo.InvariantCulture));
    }
}
