using System.Diagnostics;
using System.Runtime.CompilerServices;
using SoraCluster.Testing;

// Every test starts encoders, and some write programs and run them at once, which must not meet another test's fork.
[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace SoraCluster.Media.Tests;

/// <summary>A folder of its own, clips made of plain colours, and the tools run directly, not through what is tested.</summary>
public abstract class MediaLab : IDisposable
{
    protected MediaLab() => Folder = Directory.CreateTempSubdirectory("sora-media-").FullName;

    protected string Folder { get; }

    protected ManualClock Clock { get; } = new();

    protected string Target => Path.Combine(Folder, "clip.mp4");

    protected ClipWriter Writer => new(new MediaOptions(), Clock);

    public void Dispose()
    {
        Directory.Delete(Folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Writes a clip to <see cref="Target"/>, and reads what ffprobe finds there.</summary>
    protected async Task<ClipInfo> WriteAsync(ClipSpec spec, IAsyncEnumerable<ReadOnlyMemory<byte>> frames, ClipSound? sound)
    {
        await Writer.WriteAsync(spec, frames, sound, Target);
        return await new ClipProbe(new MediaOptions(), Clock).ProbeAsync(Target);
    }

    protected static ClipSpec Spec(int width = 320, int height = 180, int frames = 4, int rate = 8) =>
        new(32, 32, width, height, rate, frames);

    /// <summary>One second of a 440 Hz tone at half scale.</summary>
    protected static ClipSound Tone(int samples = 16_000) =>
        new(Enumerable.Range(0, samples).Select(i => 0.5f * MathF.Sin(i * 440 * MathF.Tau / 16_000)).ToArray(), 16_000);

    /// <summary>Frames of one colour each, one at a time.</summary>
    protected static async IAsyncEnumerable<ReadOnlyMemory<byte>> Frames(
        ClipSpec spec,
        Func<int, (byte R, byte G, byte B)> colour,
        [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        for (var frame = 0; frame < spec.FrameCount; frame++)
        {
            await Task.Yield();
            cancellation.ThrowIfCancellationRequested();
            yield return Frame(spec, colour(frame));
        }
    }

    protected static IAsyncEnumerable<ReadOnlyMemory<byte>> Grey(ClipSpec spec) => Frames(spec, _ => (128, 128, 128));

    protected static byte[] Frame(ClipSpec spec, (byte R, byte G, byte B) colour) =>
        [.. Enumerable.Repeat<byte[]>([colour.R, colour.G, colour.B], spec.SourceWidth * spec.SourceHeight).SelectMany(p => p)];

    /// <summary>Nothing but these files is in the folder, hidden ones included.</summary>
    protected void AssertOnly(params string[] names) =>
        Assert.Equal(names.Order(), Directory.GetFileSystemEntries(Folder).Select(Path.GetFileName).Order());

    /// <summary>Writes a shell script and says where it is; ffprobe stays the real one.</summary>
    protected string FakeFfmpeg(string body)
    {
        var file = Path.Combine(Directory.CreateDirectory(Path.Combine(Folder, "bin")).FullName, "ffmpeg");
        File.WriteAllText(file, "#!/bin/sh\n" + body + "\n");
        Run("chmod", "700", file);
        return file;
    }

    /// <summary>All frames of a file as RGB24, decoded by ffmpeg.</summary>
    protected static byte[] Decode(string file) => Run(
        "ffmpeg", "-v", "error", "-i", "file:" + file,
        "-vf", "scale=flags=accurate_rnd+full_chroma_int+full_chroma_inp,format=rgb24",
        "-f", "rawvideo", "-");

    protected static byte[] Run(string tool, params string[] arguments)
    {
        var start = new ProcessStartInfo(tool, arguments) { RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        using var output = new MemoryStream();
        process.StandardOutput.BaseStream.CopyTo(output);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return output.ToArray();
    }
}
