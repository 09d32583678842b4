using SoraCluster.Diffusion.Packs;
using SoraCluster.Diffusion.Samplers;
using SoraCluster.Testing.Packs;
using static SoraCluster.Diffusion.Tests.Samplers.SourceLatents;

namespace SoraCluster.Diffusion.Tests.Samplers;

/// <summary>Clips of several shots. The micro pack has windows of 4 latent frames of 4 pictures, 1 of them repeated.</summary>
public sealed class ShotTests : IDisposable
{
    private static readonly ClipSettings Settings = new("a red ball bounces", "blue", 11, 3, 2.5f, 16);

    private readonly MicroPack micro = MicroPack.Create();
    private readonly Pack pack;

    public ShotTests() => pack = micro.Load();

    public void Dispose() => micro.Dispose();

    [Theory]
    [InlineData(40, "2", new[] { 0, 4, 7 })] // a cut at 2 s, which a window would have bridged
    [InlineData(40, "1", new[] { 0, 2, 5, 8 })]
    [InlineData(40, "2.1 2.2 6", new[] { 0, 4, 7 })] // on the nearest half second; none beyond the end
    [InlineData(40, "0.1", new[] { 0, 3, 6 })] // nor at the very beginning
    [InlineData(16, "1 1.5", new[] { 0, 2, 3 })]
    public void NextRows_Shots_EachBeginsFromNothing(int frames, string cuts, int[] windows)
    {
        var at = cuts.Split(' ').Select(cut => double.Parse(cut, System.Globalization.CultureInfo.InvariantCulture)).ToArray();
        var settings = Settings with { Frames = frames, Prompt = "0\u001Fred" + string.Concat(at.Select(cut => $"\u001E{cut}\u001Dball")) };
        var sampler = ClipSampler.Start(pack, settings, FakeNetwork.Encode);
        int[] shots = [.. at.Select(cut => (int)Math.Round(cut * 2, MidpointRounding.AwayFromZero)).Where(cut => cut > 0 && cut < frames / 4).Distinct()];

        Assert.Equal(windows.Length * settings.Steps, sampler.TotalSteps);
        Assert.Equal(sampler.TotalSteps, ClipSampler.TotalStepsOf(pack, settings));
        foreach (var window in windows)
        {
            var row = sampler.NextRows()[0];
            var fresh = window == 0 || shots.Contains(window);
            Assert.Equal([!fresh, false, false, false], row.GivenVideo);
            Assert.Equal(fresh ? 0 : 4, row.GivenAudio.Count(given => given));
            Assert.Equal(FakeNetwork.Encode(at.Any(cut => Math.Round(cut * 2) <= window) ? [3] : [1]).Pooled[0], row.Text.Pooled[0]);
            for (var i = 0; i < settings.Steps; i++)
            {
                FakeNetwork.Step(sampler);
            }
        }

        Assert.True(sampler.Done);
        Assert.Equal(frames / 4, sampler.Latents.Shape("video").Dims[0]);
        Assert.DoesNotContain(sampler.Latents["video"], x => x == 0);
        Assert.Equal(frames / 4, sampler.Latents["video"].Chunk(Frame).Select(frame => frame.Sum()).Distinct().Count());
    }

    [Fact]
    public void Latents_Shots_AreThoseOfTheFirstShotAloneUpToTheCut()
    {
        var alone = FakeNetwork.Run(ClipSampler.Start(pack, Settings with { Frames = 16, Prompt = "red" }, FakeNetwork.Encode)).Latents;
        var cut = FakeNetwork.Run(ClipSampler.Start(pack, Settings with { Frames = 16, Prompt = "0\u001Fred\u001E1\u001Dball" }, FakeNetwork.Encode)).Latents;

        Assert.Equal(alone["video"][..(2 * Frame)], cut["video"][..(2 * Frame)]);
        Assert.Empty(alone["video"][(2 * Frame)..].Intersect(cut["video"][(2 * Frame)..]));
    }

    [Fact]
    public void Rework_WithShots_MixesEachWithItsOwnPartOfTheSource()
    {
        var source = Clip(3, 16);
        var prompt = "0\u001Fred\u001E1\u001Dball";
        var settings = Settings with { Prompt = prompt, GuidanceScale = 1, Source = new(SourceUse.Rework, 16, 0.2f) };
        var noise = ClipSampler.Start(pack, settings with { Source = null }, FakeNetwork.Encode);
        while (noise.Step < 3)
        {
            FakeNetwork.Step(noise);
        }

        var sampler = ClipSampler.Start(pack, settings, FakeNetwork.Encode, [source]);
        FakeNetwork.Step(sampler);
        var (second, fresh) = (sampler.NextRows()[0], noise.NextRows()[0].Latents["video"]);

        for (var i = 0; i < 2 * Frame; i++)
        {
            Assert.Equal(((1 - second.Sigma) * source["video"][(2 * Frame) + i]) + (second.Sigma * fresh[i]), second.Latents["video"][i], 1e-5f);
        }
    }

    [Fact]
    public void Extend_ClipOfShots_DoesNotRepeatItsNoise()
    {
        const string Prompt = "0\u001Fred\u001E1\u001Dball\u001E1.5\u001Dblue";
        var first = ClipSampler.Start(pack, Settings with { Prompt = Prompt }, FakeNetwork.Encode);
        HashSet<float> noise = [];
        for (; !first.Done; FakeNetwork.Step(first))
        {
            if (first.Step % Settings.Steps == 0)
            {
                noise.UnionWith(first.NextRows()[0].Latents["video"]);
            }
        }

        var added = ClipSampler.Start(
            pack, Settings with { Frames = 24, Source = new(SourceUse.Extend, 16) }, FakeNetwork.Encode, [Clip(1, 16)]);

        Assert.DoesNotContain(added.NextRows()[0].Latents["video"][Frame..], noise.Contains);
    }
}
