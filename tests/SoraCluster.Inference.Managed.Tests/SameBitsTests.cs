using SoraCluster.Diffusion.Latents;
using SoraCluster.Diffusion.Packs;
using SoraCluster.Testing.Denoisers;
using SoraCluster.Testing.Packs;

namespace SoraCluster.Inference.Managed.Tests;

/// <summary>Whatever the instructions, the threads and the batch: the same bits.</summary>
public sealed class SameBitsTests : IDisposable
{
    private readonly MicroPack micro = MicroPack.Create();
    private readonly Pack pack;

    public SameBitsTests() => pack = micro.Load();

    public void Dispose() => micro.Dispose();

    [Fact]
    public void Denoise_WidthsThreadsAndBatches_GiveTheSameBits()
    {
        uint[][]? expected = null;
        foreach (var options in Combinations())
        {
            using var runtime = new ManagedRuntimeFactory(options).Open(pack);
            for (var batch = 1; batch <= 5; batch++)
            {
                var rows = Enumerable.Range(0, batch).Select(number => Rows.Make(runtime.Denoiser, number)).ToArray();
                runtime.Denoiser.Denoise(rows);
                expected ??= [.. Enumerable.Range(0, 5).Select(number =>
                {
                    var row = Rows.Make(runtime.Denoiser, number);
                    runtime.Denoiser.Denoise([row]);
                    return Rows.Bits(row);
                })];
                for (var i = 0; i < batch; i++)
                {
                    Assert.True(expected[i].AsSpan().SequenceEqual(Rows.Bits(rows[i])), $"{options}, batch {batch}, row {i}");
                }
            }
        }
    }

    [Fact]
    public void Decode_WidthsAndThreads_GiveTheSameBits()
    {
        var clip = new LatentSet([new(LatentNames.Video, [5, .. pack.Manifest.VideoShape.Dims[1..]]), new(LatentNames.Audio, [160, 40])]);
        PhiloxNoise.Fill(clip[LatentNames.Video], 1, 0, 0);
        PhiloxNoise.Fill(clip[LatentNames.Audio], 1, 1, 0);
        byte[]? pictures = null;
        float[]? samples = null;
        foreach (var options in Combinations())
        {
            using var runtime = new ManagedRuntimeFactory(options).Open(pack);
            byte[] video = [.. runtime.Decoder.DecodeVideo(clip).SelectMany(group => group.Rgb.ToArray())];
            var audio = runtime.Decoder.DecodeAudio(clip);
            Assert.Equal(5 * 4 * 32 * 32 * 3, video.Length);
            Assert.Equal(160 * 250, audio.Length);
            pictures ??= video;
            samples ??= audio;
            Assert.True(pictures.AsSpan().SequenceEqual(video), $"{options}: pictures");
            Assert.True(samples.AsSpan().SequenceEqual(audio), $"{options}: sound");
        }
    }

    private static IEnumerable<ManagedOptions> Combinations() =>
        from width in Widths.Supported
        from threads in new[] { 1, 2, 3 }
        select new ManagedOptions { Width = width, Threads = threads };
}
