using SoraCluster.Diffusion;
using SoraCluster.Diffusion.Latents;
using SoraCluster.Diffusion.Packs;
using SoraCluster.Diffusion.Samplers;
using SoraCluster.Inference.Managed;
using SoraCluster.Testing;
using SoraCluster.Testing.Denoisers;

namespace SoraCluster.Inference.Onnx.Tests;

/// <summary>A whole clip by ONNX Runtime and by the managed executor, from the same seed.</summary>
public sealed class SameClipTests : IDisposable
{
    private static readonly ClipSettings Settings = new("a red ball bounces on the beach", null, 7, 6, 3, 16);

    private readonly Pack pack = Pack.Load(Repository.PathOf("models", "tiny"));
    private readonly OnnxRuntimeFactory factory = Runtimes.Cpu();
    private readonly IPackRuntime onnx;
    private readonly IPackRuntime managed;

    public SameClipTests()
    {
        onnx = factory.Open(pack);
        managed = new ManagedRuntimeFactory(2).Open(pack);
    }

    [Fact]
    public void Denoise_SameSeed_GivesTheManagedExecutorsLatents()
    {
        var (ours, theirs) = (Latents(onnx), Latents(managed));

        RecordedVectors.AssertClose(theirs[LatentNames.Video], ours[LatentNames.Video], "video");
        RecordedVectors.AssertClose(theirs[LatentNames.Audio], ours[LatentNames.Audio], "audio");
    }

    [Fact]
    public void Decode_SameLatents_GivesTheManagedExecutorsPicturesAndSound()
    {
        var latents = Latents(managed);

        Assert.Equal(managed.Decoder.DecodeAudio(latents), onnx.Decoder.DecodeAudio(latents));
        var (ours, theirs) = (Pictures(onnx, latents), Pictures(managed, latents));
        Assert.Equal(16 * 64 * 64 * 3, theirs.Length);
        Assert.Equal(theirs.Length, ours.Length);

        // Where a value lies between two levels, an error in its last bits can round it either way.
        Assert.All(theirs.Zip(ours), pair => Assert.InRange(pair.First - pair.Second, -1, 1));
        Assert.InRange(theirs.Zip(ours).Count(pair => pair.First != pair.Second), 0, theirs.Length / 1000);
    }

    public void Dispose()
    {
        onnx.Dispose();
        managed.Dispose();
        factory.Dispose();
    }

    private LatentSet Latents(IPackRuntime runtime)
    {
        var clip = ClipSampler.Start(pack, Settings, runtime.Denoiser.EncodeText);
        for (; !clip.Done; clip.Apply())
        {
            runtime.Denoiser.Denoise([.. clip.NextRows()]);
        }

        return clip.Latents;
    }

    private static byte[] Pictures(IPackRuntime runtime, LatentSet latents) =>
        [.. runtime.Decoder.DecodeVideo(latents).SelectMany(group => group.Rgb.ToArray())];
}
