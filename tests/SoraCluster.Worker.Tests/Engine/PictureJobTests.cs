using System.Diagnostics;
using SoraCluster.Domain.Jobs;
using SoraCluster.Worker.Costs;
using SoraCluster.Worker.Engine;
using SoraCluster.Worker.Tests.Fakes;

namespace SoraCluster.Worker.Tests.Engine;

/// <summary>Clips that start from a picture, by the whole worker: the picture comes from the store, once, and never decides a bit again.</summary>
public sealed class PictureJobTests : MicroWorkerTest
{
    [Fact]
    public async Task Run_FromAPicture_DependsOnThePictureAndCostsWhatAnyClipCosts()
    {
        var (red, again, blue, words) = (await MadeAsync("red"), await MadeAsync("red"), await MadeAsync("blue"), await MadeAsync(null));

        Assert.Equal(red, again);
        Assert.Equal(3, new[] { red, blue, words }.Distinct().Count());
        var costs = new PackStepCosts([Pack], new());
        Assert.Equal(costs.CostOf(Job()), costs.CostOf(Job() with { InputArtifact = "jobs/a/inputs/reference.png" }));
    }

    [Fact]
    public async Task Run_PictureGoneAfterACheckpoint_GoesOnToTheSameBits()
    {
        var undisturbed = await MadeAsync("red");
        var spec = Job() with { InputArtifact = "jobs/a/gone.png" };
        var run = await Engine.OpenAsync(spec, null, [new MemoryStream(Png("red"))], default);
        for (var i = 0; i < 3; i++)
        {
            Assert.Null((await Engine.StepAsync([run])).Shared);
        }

        using var state = new MemoryStream();
        run.Save(state);
        await using var later = Start();
        later.Store.Put("jobs/a/checkpoints/1-3.safetensors", state.ToArray());
        later.Queue.Submit(spec, "jobs/a/checkpoints/1-3.safetensors", 3);
        await later.Queue.UntilEndedAsync("a");

        Assert.Equal(undisturbed, later.Queue["a"].Result!.VideoSha256);
    }

    [Fact]
    public async Task Run_PictureNotInTheStore_FailsSayingSo()
    {
        await using var rig = Start();
        rig.Queue.Submit(Job() with { InputArtifact = "jobs/a/gone.png" });
        await rig.Queue.UntilEndedAsync("a");

        Assert.Contains("picture that this video starts from is not in the store", rig.Queue["a"].Error!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_PictureThatIsDamaged_IsAFaultOfTheClip() => await Assert.ThrowsAsync<ClipFaultException>(
        () => Engine.OpenAsync(Job() with { InputArtifact = "x" }, null, [new MemoryStream(Png("red")[..60])], default));

    private static JobSpec Job() => Rig.Job("a", steps: 4, seconds: 2) with { Pack = "micro", Prompt = "red ball bounces" };

    private Rig Start() => new Rig { Device = new LatentsEngine(Engine) }.Start();

    /// <summary>The digest of a clip's latents.</summary>
    private async Task<string> MadeAsync(string? color)
    {
        await using var rig = Start();
        var spec = Job();
        if (color is not null)
        {
            spec = spec with { InputArtifact = "jobs/a/inputs/reference.png" };
            rig.Store.Put(spec.InputArtifact, Png(color));
        }

        rig.Queue.Submit(spec);
        await rig.Queue.UntilEndedAsync("a");
        Assert.Equal("completed", rig.Queue["a"].End);
        return rig.Queue["a"].Result!.VideoSha256;
    }

    /// <summary>A picture of one colour, broader than the pack's.</summary>
    private byte[] Png(string color)
    {
        var file = Path.Combine(Folder, color + ".png");
        using var ffmpeg = Process.Start("ffmpeg", ["-v", "error", "-y", "-f", "lavfi", "-i", $"color=c={color}:s=80x40", "-frames:v", "1", file]);
        ffmpeg.WaitForExit();
        return File.ReadAllBytes(file);
    }
}
