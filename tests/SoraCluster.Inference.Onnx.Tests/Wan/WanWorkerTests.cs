using SoraCluster.Domain.Jobs;
using SoraCluster.Inference.Onnx.Text;
using SoraCluster.Media;
using SoraCluster.Testing;
using SoraCluster.Worker.Costs;
using SoraCluster.Worker.Engine;
using SoraCluster.Worker.Packs;

namespace SoraCluster.Inference.Onnx.Tests.Wan;

/// <summary>A silent pack down the worker's path: from the catalogue to a file without a sound track.</summary>
public sealed class WanWorkerTests : IDisposable
{
    private readonly WanMicroPack micro = WanMicroPack.Flat();
    private readonly TemporaryFolder folder = new();
    private readonly OnnxRuntimeFactory factory = Runtimes.Cpu();
    private readonly PackLibrary library;
    private readonly PackEngine engine;

    public WanWorkerTests()
    {
        library = PackLibrary.Load([micro.Folder], new SentencePieceTokenizers());
        engine = new(library.Packs, factory, new ClipPackager(new MediaOptions(), folder.Path, TimeProvider.System), TimeProvider.System);
    }

    public void Dispose()
    {
        engine.Dispose();
        factory.Dispose();
        micro.Dispose();
        folder.Dispose();
    }

    [Fact]
    public void Models_SilentPackOfOneWindow_SaysWhatItCan()
    {
        var model = new PackCatalog(library, new CostProfile()).Models.Single();

        Assert.False(model.HasAudio);
        Assert.Equal([JobOperation.Create, JobOperation.Remix, JobOperation.Edit, JobOperation.Blend], model.Operations);
        Assert.Equal([1], model.Seconds);
        Assert.Equal(9 / 8.0, model.WindowSeconds);
    }

    [Fact]
    public async Task FinishAsync_SilentPack_IsAFileWithoutSound()
    {
        await using var clip = await MakeAsync(Job());

        var info = await ProbeAsync(clip);

        Assert.Equal(8, info.Picture!.FrameCount);
        Assert.Equal((64, 64), (info.Picture.Width, info.Picture.Height));
        Assert.Null(info.Sound);
    }

    [Fact]
    public async Task FinishAsync_RemixOfASilentClip_StartsFromItsLatents()
    {
        using var source = new MemoryStream();
        await using (var first = await MakeAsync(Job()))
        {
            await first.Latents.WriteAsync(source, default);
        }

        source.Position = 0;
        await using var remix = await MakeAsync(
            Job() with { Id = "video_b", Operation = JobOperation.Remix, SourceSeconds = 1, Strength = 0.5f, Prompt = "a blue box" }, source);

        Assert.Equal(8, (await ProbeAsync(remix)).Picture!.FrameCount);
    }

    private static JobSpec Job() => new()
    {
        Id = "video_a",
        Owner = "user",
        Model = "micro-wan",
        Pack = "micro-wan",
        Prompt = "a red ball bounces",
        NegativePrompt = "rests",
        Seed = 5,
        Seconds = 1,
        Size = "64x64",
        NativeSize = "32x32",
        Steps = 4,
        GuidanceScale = 5,
        Audio = false,
    };

    private async Task<IFinishedClip> MakeAsync(JobSpec spec, params Stream[] sources)
    {
        using var run = await engine.OpenAsync(spec, null, sources, default);
        while (!run.Done)
        {
            var outcome = await engine.StepAsync([run]);
            Assert.Null(outcome.Shared);
            Assert.All(outcome.Faults, Assert.Null);
        }

        return await engine.FinishAsync(spec, run, default);
    }

    private async Task<ClipInfo> ProbeAsync(IFinishedClip clip)
    {
        var path = Path.Combine(folder.Path, "copy.mp4");
        await using (var file = File.Create(path))
        {
            await clip.Video.WriteAsync(file, default);
        }

        return await new ClipProbe(new MediaOptions(), TimeProvider.System).ProbeAsync(path);
    }
}
