using SoraCluster.Diffusion.Packs;
using SoraCluster.Domain.Errors;
using SoraCluster.Domain.Jobs;
using SoraCluster.Media;
using SoraCluster.Testing.Packs;
using SoraCluster.Worker.Costs;
using SoraCluster.Worker.Engine;
using SoraCluster.Worker.Tests.Fakes;

namespace SoraCluster.Worker.Tests.Engine;

public sealed class PackEngineTests : IDisposable
{
    private readonly MicroPack files = MicroPack.Create();
    private readonly string folder = Directory.CreateTempSubdirectory("sora-worker-").FullName;
    private readonly Pack pack;

    public PackEngineTests() => pack = files.Load();

    public void Dispose()
    {
        files.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task FinishAsync_DoneClip_IsAPlayableFileOfTheLengthAskedFor(bool audio)
    {
        using var engine = Engine(new ArithmeticRuntimes());
        var spec = Job() with { Audio = audio, Seconds = 3 };
        using var run = await RunAsync(engine, spec);

        await using (var clip = await engine.FinishAsync(spec, run, default))
        {
            var path = Path.Combine(folder, "copy.mp4");
            await using (var file = File.Create(path))
            {
                await clip.Video.WriteAsync(file, default);
            }

            var info = await new ClipProbe(new MediaOptions(), TimeProvider.System).ProbeAsync(path);
            Assert.Equal(24, info.Picture!.FrameCount);
            Assert.Equal((64, 64), (info.Picture.Width, info.Picture.Height));
            Assert.Equal(audio, info.Sound is not null);
            Assert.Equal(new FileInfo(path).Length, clip.Video.Length);
            Assert.All((ClipPart[])[clip.Thumbnail, clip.SpriteSheet, clip.Latents], part => Assert.True(part.Length > 100));
        }

        Assert.Empty(Directory.GetDirectories(folder));
    }

    [Fact]
    public async Task FinishAsync_Cancelled_LeavesNothingBehind()
    {
        using var engine = Engine(new ArithmeticRuntimes());
        using var run = await RunAsync(engine, Job());
        using var cancel = new CancellationTokenSource();
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => engine.FinishAsync(Job(), run, cancel.Token));

        Assert.Empty(Directory.GetDirectories(folder));
    }

    [Fact]
    public async Task FinishAsync_ResultLeftTheNumberRange_SaysSo()
    {
        using var engine = Engine(new ArithmeticRuntimes());
        using var run = await RunAsync(engine, Job());
        ((ClipRun)run).Sampler.Latents["video"][5] = float.NaN;

        var fault = await Assert.ThrowsAsync<ClipFaultException>(() => engine.FinishAsync(Job(), run, default));

        Assert.Contains("number range", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StepAsync_PassFails_NobodyHasMovedAndTheNextOneWorks()
    {
        var broken = true;
        using var engine = Engine(new ArithmeticRuntimes { OnPass = _ => Assert.False(broken) });
        using var run = await engine.OpenAsync(Job(), null, [], default);

        var outcome = await engine.StepAsync([run]);
        broken = false;
        var next = await engine.StepAsync([run]);

        Assert.NotNull(outcome.Shared);
        Assert.Null(next.Shared);
        Assert.Equal(1, run.Step);
    }

    [Fact]
    public async Task OpenAsync_PictureForAPackOfWordsAlone_IsRefusedAsUnsupported()
    {
        using var words = MicroPack.Create(new() { StartsFromPicture = false });
        using var engine = new PackEngine(
            [words.Load()], new ArithmeticRuntimes(), new ClipPackager(new MediaOptions(), folder, TimeProvider.System), TimeProvider.System);

        var refused = await Assert.ThrowsAsync<SoraException>(
            () => engine.OpenAsync(Job() with { InputArtifact = "jobs/a/input-0" }, null, [], default));

        Assert.Equal(SoraErrorCode.UnsupportedByModel, refused.Error.Code);
    }

    [Fact]
    public void ClipPackager_FolderOfADeadProcess_IsCleared()
    {
        Directory.CreateDirectory(Path.Combine(folder, "clip-77"));

        Engine(new ArithmeticRuntimes()).Dispose();

        Assert.Empty(Directory.GetDirectories(folder));
    }

    [Fact]
    public async Task CostOf_Job_NamesTheKeyAndStepsThatItsRunHas()
    {
        using var engine = Engine(new ArithmeticRuntimes());
        var spec = Job() with { Seconds = 5 };
        using var run = await engine.OpenAsync(spec, null, [], default);
        var profile = new CostProfile();
        profile.Observe(run.BatchKey, 2, TimeSpan.FromSeconds(0.25));

        var cost = new PackStepCosts([pack], profile).CostOf(spec);

        Assert.Equal(run.BatchKey, cost.BatchKey);
        Assert.Equal(run.TotalSteps, cost.TotalSteps);
        Assert.Equal(0.25, cost.SecondsPerStep, 6);
    }

    [Fact]
    public void CostOf_MeasuredAfterTheFirstQuestion_IsWhatWasMeasuredAndThenStays()
    {
        var profile = new CostProfile();
        var costs = new PackStepCosts([pack], profile, unmeasured: 7);
        var key = costs.CostOf(Job()).BatchKey;
        Assert.Equal(7, costs.CostOf(Job()).SecondsPerStep);

        profile.Observe(key, 2, TimeSpan.FromSeconds(0.25));
        Assert.Equal(0.25, costs.CostOf(Job()).SecondsPerStep, 6);
        profile.Observe(key, 2, TimeSpan.FromSeconds(0.5));

        Assert.Equal(0.25, costs.CostOf(Job()).SecondsPerStep, 6);
    }

    private static JobSpec Job() => Rig.Job("a", steps: 2, seconds: 2) with { Pack = "micro", Prompt = "red ball" };

    private PackEngine Engine(ArithmeticRuntimes backend) =>
        new([pack], backend, new ClipPackager(new MediaOptions(), folder, TimeProvider.System), TimeProvider.System);

    private static async Task<IClipRun> RunAsync(PackEngine engine, JobSpec spec)
    {
        var run = await engine.OpenAsync(spec, null, [], default);
        while (!run.Done)
        {
            Assert.Null((await engine.StepAsync([run])).Shared);
        }

        return run;
    }
}
