using SoraCluster.Diffusion.Packs;
using SoraCluster.Diffusion.Samplers;
using SoraCluster.Testing.Packs;
using static SoraCluster.Diffusion.Tests.Samplers.SourceLatents;

namespace SoraCluster.Diffusion.Tests.Samplers;

/// <summary>Clips that start from a picture. The micro pack has windows of 4 latent frames of 4 pictures, 1 of them repeated.</summary>
public sealed class PictureTests : IDisposable
{
    private static readonly ClipSettings Settings = new("a red ball bounces", "blue", 11, 5, 2.5f, 16);

    private readonly MicroPack micro = MicroPack.Create();
    private readonly Pack pack;

    public PictureTests() => pack = micro.Load();

    public void Dispose() => micro.Dispose();

    [Theory]
    [InlineData(16, 1)]
    [InlineData(5, 1)]
    [InlineData(40, 3)]
    public void Picture_First_StaysAndAllElseIsMadeAnew(int frames, int windows)
    {
        var picture = Picture(7);
        var plain = ClipSampler.Start(pack, Settings with { Frames = frames }, FakeNetwork.Encode).NextRows()[0].Latents;
        var sampler = ClipSampler.Start(
            pack, Settings with { Frames = frames, Source = new(SourceUse.Picture, 4) }, FakeNetwork.Encode, [picture]);
        var row = sampler.NextRows()[0];

        Assert.Equal(5 * windows, sampler.TotalSteps);
        Assert.Equal([true, false, false, false], row.GivenVideo);
        Assert.DoesNotContain(true, row.GivenAudio);
        Assert.Equal(picture["video"], row.Latents["video"][..Frame]);
        Assert.Equal(plain["video"][Frame..], row.Latents["video"][Frame..]);
        Assert.Equal(plain["audio"], row.Latents["audio"]);
        for (; sampler.Step < 5; FakeNetwork.Step(sampler))
        {
            Assert.Equal(picture["video"], row.Latents["video"][..Frame]);
        }

        if (!sampler.Done)
        {
            Assert.Equal(4, row.GivenAudio.TakeWhile(given => given).Count()); // further windows are given the sound, too
        }

        var clip = FakeNetwork.Run(sampler).Latents;
        Assert.Equal(picture["video"], clip["video"][..Frame]);
        Assert.Equal((frames + 3) / 4, clip.Shape("video").Dims[0]);
        Assert.Equal(frames * 8, clip.Shape("audio").Dims[0]);
        Assert.DoesNotContain(clip["audio"], x => x == 0);
    }

    [Fact]
    public void Picture_PackWithoutEncoder_IsRefused()
    {
        using var words = MicroPack.Create(new() { StartsFromPicture = false });

        var refused = Assert.Throws<ArgumentException>(() => ClipSampler.Start(
            words.Load(), Settings with { Source = new(SourceUse.Picture, 4) }, FakeNetwork.Encode, [Picture(1)]));

        Assert.Contains("not made to start from a picture", refused.Message, StringComparison.Ordinal);
    }
}
