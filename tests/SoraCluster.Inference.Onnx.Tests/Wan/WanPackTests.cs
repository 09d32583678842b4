using Microsoft.ML.OnnxRuntime.Tensors;
using SoraCluster.Diffusion;
using SoraCluster.Diffusion.Latents;
using SoraCluster.Diffusion.Samplers;

namespace SoraCluster.Inference.Onnx.Tests.Wan;

/// <summary>Packs in the two published layouts of Wan 2.1, from the prompt to the pictures.</summary>
public sealed class WanPackTests : IDisposable
{
    private static readonly ClipSettings Settings = new("a red ball bounces on the beach", "blue", 3, 4, 5, 9);

    private readonly OnnxRuntimeFactory factory = Runtimes.Cpu();

    public void Dispose() => factory.Dispose();

    [Fact]
    public void Load_Wan_IsASilentPackOfOneWindow()
    {
        using var micro = WanMicroPack.Flat();
        var manifest = micro.Load().Manifest;

        Assert.False(manifest.HasAudio);
        Assert.Equal((9, 1), (manifest.WindowFrames, manifest.MaxBatch));
        Assert.Equal([new LatentShape("video", [3, 4, 4, 16])], manifest.WindowShapes);
    }

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(2, 2, 5)]
    [InlineData(5, 2, 5)]
    [InlineData(6, 3, 9)]
    [InlineData(9, 3, 9)]
    public void DecodeVideo_Frames_FirstLatentFrameIsOnePicture(int frames, int latentFrames, int pictures)
    {
        foreach (var micro in (ReadOnlySpan<WanMicroPack>)[WanMicroPack.Optimum(), WanMicroPack.Flat()])
        {
            using var runtime = factory.Open(micro.Load());
            var clip = Make(runtime, Settings with { Frames = frames, Steps = 1 }).Latents;

            Assert.Equal([new LatentShape("video", [latentFrames, 4, 4, 16])], clip.Shapes);
            Assert.Equal(pictures, runtime.Decoder.DecodeVideo(clip).Sum(group => group.Count));
            Assert.Equal(pictures * 32 * 32 * 3, Pictures(runtime, clip).Length);
            micro.Dispose();
        }
    }

    /// <summary>Chunk by chunk with carried caches gives what the whole clip at once does.</summary>
    [Fact]
    public void DecodeVideo_CarriedCaches_GiveTheWholeClipsPictures()
    {
        using var whole = WanMicroPack.Optimum();
        using var flat = WanMicroPack.Flat();
        using var atOnce = factory.Open(whole.Load());
        using var streaming = factory.Open(flat.Load());
        var clip = Make(streaming, Settings).Latents;

        var (expected, found) = (Pictures(atOnce, clip), Pictures(streaming, clip));

        Assert.All(expected.Zip(found), pair => Assert.InRange(pair.First - pair.Second, -1, 1)); // a value between two levels may round either way
        Assert.InRange(expected.Zip(found).Count(pair => pair.First != pair.Second), 0, expected.Length / 1000);
        Assert.True(expected.Distinct().Count() > 50);
        Assert.Equal(found, Pictures(streaming, clip)); // nothing is left over from the clip before
    }

    /// <summary>The caches matter: a further latent frame's pictures depend on those before it.</summary>
    [Fact]
    public void DecodeVideo_OtherFirstFrame_ChangesLaterPictures()
    {
        using var flat = WanMicroPack.Flat();
        using var runtime = factory.Open(flat.Load());
        var clip = Make(runtime, Settings).Latents;
        var before = Pictures(runtime, clip);
        clip[LatentNames.Video].AsSpan(0, 4 * 4 * 16).Fill(2);

        var after = Pictures(runtime, clip);

        var picture = 32 * 32 * 3;
        Assert.NotEqual(before[..picture], after[..picture]);
        Assert.NotEqual(before[picture..(5 * picture)], after[picture..(5 * picture)]);
        Assert.NotEqual(before[(5 * picture)..], after[(5 * picture)..]);
    }

    [Theory]
    [InlineData(TensorElementType.Float, TensorElementType.Int64, 1e-5)]
    [InlineData(TensorElementType.Float, TensorElementType.Float, 1e-5)]
    [InlineData(TensorElementType.Double, TensorElementType.Int32, 1e-5)]
    [InlineData(TensorElementType.Float16, TensorElementType.Float16, 4e-3)]
    [InlineData(TensorElementType.BFloat16, TensorElementType.BFloat16, 4e-2)]
    public void Denoise_AnyNumberTypes_GivesTheGraphsFormula(TensorElementType numbers, TensorElementType time, double tolerance)
    {
        using var micro = WanMicroPack.Optimum(numbers: numbers, time: time);
        using var runtime = factory.Open(micro.Load());
        var clip = ClipSampler.Start(runtime.Pack, Settings, runtime.Denoiser.EncodeText);
        var rows = clip.NextRows().ToArray();

        runtime.Denoiser.Denoise(rows);

        foreach (var row in rows)
        {
            var expected = WanGraphs.Predict(row);
            Assert.Equal(999, row.Timestep);
            Assert.All(expected.Zip(row.Prediction[LatentNames.Video]), pair => Assert.InRange(pair.Second - pair.First, -tolerance * 2, tolerance * 2));
        }

        Assert.NotEqual(rows[0].Prediction[LatentNames.Video], rows[1].Prediction[LatentNames.Video]);
    }

    [Fact]
    public void EncodeText_PastThePrompt_IsZero()
    {
        foreach (var micro in (ReadOnlySpan<WanMicroPack>)[WanMicroPack.Optimum(), WanMicroPack.Flat()])
        {
            using var runtime = factory.Open(micro.Load());
            var ids = runtime.Pack.Tokenizer.Tokenize("a cat").Ids;

            var text = runtime.Denoiser.EncodeText(ids);

            var cut = ids.Count * WanGraphs.Width;
            Assert.Equal((WanGraphs.Tokens * WanGraphs.Width, 0), (text.Hidden.Length, text.Pooled.Length));
            Assert.DoesNotContain(text.Hidden[..cut], value => value == 0);
            Assert.All(text.Hidden[cut..], value => Assert.Equal(0, value));
            Assert.Equal(runtime.Denoiser.EncodeText([1]).Hidden, runtime.Denoiser.EncodeText([]).Hidden);
            micro.Dispose();
        }
    }

    [Fact]
    public void Denoise_RowsTogetherOrAlone_GivesTheSameBits()
    {
        using var micro = WanMicroPack.Optimum();
        using var runtime = factory.Open(micro.Load());
        var clip = ClipSampler.Start(runtime.Pack, Settings, runtime.Denoiser.EncodeText);
        var rows = clip.NextRows().ToArray();
        runtime.Denoiser.Denoise(rows);
        var together = rows[1].Prediction.Clone();

        runtime.Denoiser.Denoise(rows.AsSpan(1));

        Assert.Equal(together[LatentNames.Video], rows[1].Prediction[LatentNames.Video]);
        Assert.Equal(2, runtime.Denoiser.MaxBatch);
    }

    /// <summary>The whole state of UniPC is in the checkpoint: a clip that moves to another worker at any step ends the same.</summary>
    [Fact]
    public void Restore_AtEveryStep_FinishesWithTheSameBits()
    {
        using var micro = WanMicroPack.Flat();
        using var runtime = factory.Open(micro.Load());
        var undisturbed = Make(runtime, Settings).Latents[LatentNames.Video];
        var clip = ClipSampler.Start(runtime.Pack, Settings, runtime.Denoiser.EncodeText);
        for (; !clip.Done; Step(runtime, clip))
        {
            using var saved = new MemoryStream();
            clip.Save(saved);
            saved.Position = 0;
            var restored = ClipSampler.Restore(runtime.Pack, saved, runtime.Denoiser.EncodeText);
            while (!restored.Done)
            {
                Step(runtime, restored);
            }

            Assert.Equal(undisturbed, restored.Latents[LatentNames.Video]);
        }
    }

    [Fact]
    public void DecodeAudio_SilentPack_IsRefused()
    {
        using var micro = WanMicroPack.Flat();
        using var runtime = factory.Open(micro.Load());

        Assert.Throws<NotSupportedException>(() => runtime.Decoder.DecodeAudio(Make(runtime, Settings).Latents));
    }

    [Fact]
    public void Start_Extend_IsRefusedByPacksOfOneWindow()
    {
        using var micro = WanMicroPack.Flat();
        using var runtime = factory.Open(micro.Load());
        var settings = Settings with { Source = new(SourceUse.Extend, 4, 1) };

        var refused = Assert.Throws<ArgumentException>(() => ClipSampler.Start(runtime.Pack, settings, runtime.Denoiser.EncodeText));

        Assert.Contains("cannot extend", refused.Message, StringComparison.Ordinal);
    }

    private static ClipSampler Make(IPackRuntime runtime, ClipSettings settings)
    {
        var clip = ClipSampler.Start(runtime.Pack, settings, runtime.Denoiser.EncodeText);
        while (!clip.Done)
        {
            Step(runtime, clip);
        }

        return clip;
    }

    private static void Step(IPackRuntime runtime, ClipSampler clip)
    {
        foreach (var row in clip.NextRows())
        {
            runtime.Denoiser.Denoise([row]);
        }

        clip.Apply();
    }

    private static byte[] Pictures(IPackRuntime runtime, LatentSet latents) =>
        [.. runtime.Decoder.DecodeVideo(latents).SelectMany(group => group.Rgb.ToArray())];
}
