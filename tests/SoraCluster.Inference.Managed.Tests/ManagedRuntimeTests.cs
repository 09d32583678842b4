using SoraCluster.Diffusion;
using SoraCluster.Diffusion.Latents;
using SoraCluster.Diffusion.Packs;
using SoraCluster.Diffusion.Samplers;
using SoraCluster.Testing.Denoisers;
using SoraCluster.Testing.Packs;

namespace SoraCluster.Inference.Managed.Tests;

public class ManagedRuntimeTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Denoise_SteadyState_AllocatesNearlyNothing(int threads)
    {
        using var micro = MicroPack.Create();
        using var runtime = new ManagedRuntimeFactory(threads).Open(micro.Load());
        var rows = Enumerable.Range(0, 3).Select(number => Rows.Make(runtime.Denoiser, number)).ToArray();
        // The runtime allocates now and then while it warms up or compiles anew; what the executor allocates would show every time.
        Assert.InRange(Enumerable.Range(0, 8).Min(_ => AllocatedBy(runtime.Denoiser, rows)), 0, 1024);
    }

    private static long AllocatedBy(IDenoiser denoiser, DenoiseRow[] rows)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 10; i++)
        {
            denoiser.Denoise(rows);
        }

        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    [Fact]
    public void Open_HeadsOfOddSize_IsRefusedByThisExecutor()
    {
        using var micro = MicroPack.Create(new MicroPackShape { Width = 24 });
        var e = Assert.Throws<PackException>(() => new ManagedRuntimeFactory(1).Open(micro.Load()));
        Assert.Contains("multiples of 32", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_WeightsGoneSinceLoading_IsAPackException()
    {
        using var micro = MicroPack.Create();
        var pack = micro.Load();
        File.Delete(micro.PathOf("vae_decoder/model.safetensors"));
        Assert.Throws<PackException>(() => new ManagedRuntimeFactory(2).Open(pack));
    }

    [Fact]
    public void Factory_NoThreads_IsAnError() => Assert.Throws<ArgumentOutOfRangeException>(() => new ManagedRuntimeFactory(0));

    [Fact]
    public void Factory_Auto_TakesTheWidest() => Assert.Equal(Widths.Supported.First(), new ManagedRuntimeFactory(1).Width);

    [Fact]
    public void Decode_ClipOfAnotherShape_IsRefused()
    {
        using var micro = MicroPack.Create();
        using var runtime = new ManagedRuntimeFactory(1).Open(micro.Load());
        var clip = new LatentSet([new(LatentNames.Video, [4, 4, 4, 7]), new(LatentNames.Audio, [128, 41])]);
        Assert.Throws<ArgumentException>(() => runtime.Decoder.DecodeVideo(clip));
        Assert.Throws<ArgumentException>(() => runtime.Decoder.DecodeAudio(clip));
    }

    /// <summary>A worker decodes one clip while it denoises others.</summary>
    [Theory(Timeout = 60_000)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Decode_BesideDenoising_ChangesNeither(int threads)
    {
        using var micro = MicroPack.Create();
        using var runtime = new ManagedRuntimeFactory(threads).Open(micro.Load());
        var row = Rows.Make(runtime.Denoiser, 1);
        runtime.Denoiser.Denoise([row]);
        var (prediction, clip) = (Rows.Bits(row), row.Latents);
        var (pictures, sound) = (Pictures(), runtime.Decoder.DecodeAudio(clip));

        var denoising = Task.Run(() =>
        {
            for (var i = 0; i < 100; i++)
            {
                runtime.Denoiser.Denoise([row]);
                Assert.Equal(prediction, Rows.Bits(row));
            }
        });
        await Task.Run(() =>
        {
            for (var i = 0; i < 10; i++)
            {
                Assert.Equal(pictures, Pictures());
                Assert.Equal(sound, runtime.Decoder.DecodeAudio(clip));
            }
        });
        await denoising;

        byte[] Pictures() => [.. runtime.Decoder.DecodeVideo(clip).SelectMany(group => group.Rgb.ToArray())];
    }

    /// <summary>A clip of two windows, sampled, interrupted, restored and decoded.</summary>
    [Fact]
    public void Clip_SampledWithAnInterruption_IsTheSameClip()
    {
        using var micro = MicroPack.Create();
        var pack = micro.Load();
        using var runtime = new ManagedRuntimeFactory(2).Open(pack);
        var settings = new ClipSettings("a red ball bounces", null, 7, 3, 2f, 20);

        var straight = Finish(ClipSampler.Start(pack, settings, runtime.Denoiser.EncodeText));
        var interrupted = ClipSampler.Start(pack, settings, runtime.Denoiser.EncodeText);
        while (interrupted.Step < 4)
        {
            Step(interrupted);
        }

        using var checkpoint = new MemoryStream();
        interrupted.Save(checkpoint);
        checkpoint.Position = 0;
        using var second = new ManagedRuntimeFactory(1).Open(pack);
        var resumed = Finish(ClipSampler.Restore(pack, checkpoint, second.Denoiser.EncodeText));

        Assert.Equal(straight.Latents[LatentNames.Video], resumed.Latents[LatentNames.Video]);
        Assert.Equal(straight.Latents[LatentNames.Audio], resumed.Latents[LatentNames.Audio]);
        Assert.Equal(5, runtime.Decoder.DecodeVideo(straight.Latents).Count());
        Assert.Equal(20 * 2000, runtime.Decoder.DecodeAudio(straight.Latents).Length);

        void Step(ClipSampler sampler)
        {
            runtime.Denoiser.Denoise([.. sampler.NextRows()]);
            sampler.Apply();
        }

        ClipSampler Finish(ClipSampler sampler)
        {
            while (!sampler.Done)
            {
                Step(sampler);
            }

            return sampler;
        }
    }
}
