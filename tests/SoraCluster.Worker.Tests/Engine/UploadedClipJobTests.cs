using System.Diagnostics;
using SoraCluster.Domain.Jobs;
using SoraCluster.Worker.Engine;
using SoraCluster.Worker.Tests.Fakes;

namespace SoraCluster.Worker.Tests.Engine;

/// <summary>Clips made from clips that were uploaded, by the whole worker.</summary>
public sealed class UploadedClipJobTests : MicroWorkerTest
{
    private const string Key = "jobs/a/inputs/source.mp4";

    [Theory]
    [InlineData(JobOperation.Edit, 2)]
    [InlineData(JobOperation.Extend, 4)]
    public async Task Run_FromAnUploadedClip_DependsOnItsPicturesAndItsSound(JobOperation operation, int seconds)
    {
        var spec = Job(operation, seconds);
        var (quiet, again, other, loud) = (Mp4("red", 0), Mp4("red", 0), Mp4("blue", 0), Mp4("red", 440));
        var made = new[] { await MadeAsync(spec, quiet), await MadeAsync(spec, other), await MadeAsync(spec, loud) };

        Assert.Equal(made[0], await MadeAsync(spec, again));
        Assert.Equal(3, made.Distinct().Count());
    }

    [Fact]
    public async Task Open_ClipThatIsDamaged_IsAFaultOfTheClip()
    {
        var half = Mp4("red", 0)[..200];
        await Assert.ThrowsAsync<ClipFaultException>(() => Engine.OpenAsync(Job(JobOperation.Edit, 2), null, [new MemoryStream(half)], default));
    }

    [Fact]
    public async Task Run_ClipNotInTheStore_FailsSayingSo()
    {
        await using var rig = new Rig { Device = new LatentsEngine(Engine) }.Start();
        rig.Queue.Submit(Job(JobOperation.Edit, 2));
        await rig.Queue.UntilEndedAsync("a");

        Assert.Contains("not in the store any more", rig.Queue["a"].Error!.Message, StringComparison.Ordinal);
    }

    private static JobSpec Job(JobOperation operation, int seconds) => Rig.Job("a", steps: 4, seconds: seconds) with
    {
        Pack = "micro",
        Prompt = "red ball bounces",
        Operation = operation,
        SourceSeconds = 2,
        Strength = operation is JobOperation.Edit ? 0.5f : 1,
        InputArtifact = Key,
    };

    /// <summary>The digest of a clip's latents.</summary>
    private async Task<string> MadeAsync(JobSpec spec, byte[] upload)
    {
        await using var rig = new Rig { Device = new LatentsEngine(Engine) }.Start();
        rig.Store.Put(Key, upload);
        rig.Queue.Submit(spec);
        await rig.Queue.UntilEndedAsync("a");
        Assert.Equal("completed", rig.Queue["a"].End);
        return rig.Queue["a"].Result!.VideoSha256;
    }

    /// <summary>Two seconds of one colour, with a tone unless it is 0 Hz.</summary>
    private byte[] Mp4(string color, int hertz)
    {
        var file = Path.Combine(Folder, "clip.mp4");
        string[] sound = hertz > 0 ? ["-f", "lavfi", "-i", $"sine=f={hertz}:d=2"] : [];
        using var ffmpeg = Process.Start("ffmpeg", ["-v", "error", "-y", "-f", "lavfi", "-i", $"color=c={color}:s=80x40:r=25:d=2", .. sound, "-pix_fmt", "yuv420p", file]);
        ffmpeg.WaitForExit();
        return File.ReadAllBytes(file);
    }
}
