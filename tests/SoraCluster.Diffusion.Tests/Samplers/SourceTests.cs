using SoraCluster.Diffusion.Latents;
using SoraCluster.Diffusion.Packs;
using SoraCluster.Diffusion.Samplers;
using SoraCluster.Testing.Packs;
using static SoraCluster.Diffusion.Tests.Samplers.SourceLatents;

namespace SoraCluster.Diffusion.Tests.Samplers;

/// <summary>Clips made from clips. The micro pack has windows of 4 latent frames of 4 pictures, 1 of them repeated.</summary>
public sealed class SourceTests : IDisposable
{
    private static readonly ClipSettings Settings = new("a red ball bounces", "blue", 11, 5, 2.5f, 16);

    private readonly MicroPack micro = MicroPack.Create();
    private readonly Pack pack;

    public SourceTests() => pack = micro.Load();

    public void Dispose() => micro.Dispose();

    [Theory]
    [InlineData(0.2f, 1)]
    [InlineData(0.6f, 3)]
    [InlineData(0.01f, 1)]
    [InlineData(1f, 5)]
    public void Rework_Strength_IsTheShareOfStepsRunInEachWindow(float strength, int steps)
    {
        var settings = Settings with { Frames = 40, Source = new(SourceUse.Rework, 40, strength) };
        var sampler = ClipSampler.Start(pack, settings, FakeNetwork.Encode, [Clip(1, 40)]);
        var schedule = pack.Scheduler.CreateScheduler(5, 0).Sigmas;

        Assert.Equal(3 * steps, sampler.TotalSteps);
        Assert.Equal(3 * steps, ClipSampler.TotalStepsOf(pack, settings));
        while (!sampler.Done)
        {
            Assert.Equal(schedule[5 - steps + (sampler.Step % steps)], sampler.NextRows()[0].Sigma);
            FakeNetwork.Step(sampler);
        }
    }

    [Fact]
    public void Rework_AtFullStrength_IsTheClipMadeFromWordsAlone() => AssertSame(
        FakeNetwork.Run(ClipSampler.Start(pack, Settings, FakeNetwork.Encode)).Latents,
        Run(new(SourceUse.Rework, 16, 1), 16, Clip(1, 16)));

    [Fact]
    public void Rework_FirstRow_IsTheSourceNoisedToTheScheduleLevel()
    {
        var source = Clip(1, 16);
        var noise = ClipSampler.Start(pack, Settings, FakeNetwork.Encode).NextRows()[0].Latents;
        var row = ClipSampler.Start(
            pack, Settings with { Source = new(SourceUse.Rework, 16, 0.6f) }, FakeNetwork.Encode, [source]).NextRows()[0];

        Assert.InRange(row.Sigma, 0.3f, 0.95f);
        foreach (var name in new[] { "video", "audio" })
        {
            for (var i = 0; i < source[name].Length; i++)
            {
                Assert.Equal(((1 - row.Sigma) * source[name][i]) + (row.Sigma * noise[name][i]), row.Latents[name][i], 1e-5f);
            }
        }
    }

    [Theory]
    [InlineData(16)]
    [InlineData(40)]
    [InlineData(37)]
    public void Rework_NetworkThatSeesTheSource_GivesTheSource(int frames)
    {
        var source = Clip(3, frames);
        var sampler = ClipSampler.Start(
            pack, Settings with { Frames = frames, GuidanceScale = 1, Source = new(SourceUse.Rework, frames, 0.4f) },
            FakeNetwork.Encode, [source]);
        while (!sampler.Done)
        {
            // Every latent frame of a source made here holds one number, so that windows can be told apart.
            var row = sampler.NextRows()[0];
            var window = sampler.Step / 2;
            for (var i = 0; i < row.Prediction["video"].Length; i++)
            {
                row.Prediction["video"][i] = source["video"][Math.Min((window * 3 * Frame) + i, source["video"].Length - 1)];
            }

            for (var i = 0; i < row.Prediction["audio"].Length; i++)
            {
                row.Prediction["audio"][i] = source["audio"][Math.Min((window * 3 * Sound) + i, source["audio"].Length - 1)];
            }

            sampler.Apply();
        }

        Assert.Equal(source.Shapes, sampler.Latents.Shapes);
        Assert.All(source["video"].Zip(sampler.Latents["video"]), pair => Assert.Equal(pair.First, pair.Second, 1e-4f));
    }

    [Theory]
    [InlineData(16, 24, 1)]
    [InlineData(16, 32, 2)]
    [InlineData(8, 16, 1)]
    [InlineData(40, 96, 5)]
    public void Extend_Clip_BeginsWithTheSourceAndGoesOnFromItsEnd(int frames, int total, int windows)
    {
        var source = Clip(2, frames);
        var settings = Settings with { Frames = total, Source = new(SourceUse.Extend, frames) };
        var sampler = ClipSampler.Start(pack, settings, FakeNetwork.Encode, [source]);
        var row = sampler.NextRows()[0];

        Assert.Equal(5 * windows, sampler.TotalSteps);
        Assert.Equal([true, false, false, false], row.GivenVideo);
        Assert.Equal(4, row.GivenAudio.TakeWhile(given => given).Count());
        Assert.Equal(source["video"][^Frame..], row.Latents["video"][..Frame]);
        Assert.Equal(source["audio"][^Sound..], row.Latents["audio"][..Sound]);
        var clip = FakeNetwork.Run(sampler).Latents;
        Assert.Equal(total / 4, clip.Shape("video").Dims[0]);
        Assert.Equal(source["video"], clip["video"][..source["video"].Length]);
        Assert.Equal(source["audio"], clip["audio"][..source["audio"].Length]);
        Assert.DoesNotContain(clip["video"][source["video"].Length..], x => x == 0);
    }

    [Fact]
    public void Extend_ClipOfTheSameSeed_DoesNotRepeatItsNoise()
    {
        var first = ClipSampler.Start(pack, Settings, FakeNetwork.Encode).NextRows()[0].Latents["video"];
        var added = ClipSampler.Start(
            pack, Settings with { Frames = 24, Source = new(SourceUse.Extend, 16) }, FakeNetwork.Encode, [Clip(1, 16)])
            .NextRows()[0].Latents["video"];

        Assert.Empty(first.Intersect(added[Frame..]).Take(1));
    }

    [Theory]
    [InlineData(16)]
    [InlineData(40)]
    public void Loop_Clip_IsRemadeOnlyBetweenItsBodyAndItsFirstFrame(int frames)
    {
        var source = Clip(4, frames);
        var sampler = ClipSampler.Start(
            pack, Settings with { Frames = frames, Source = new(SourceUse.Loop, frames) }, FakeNetwork.Encode, [source]);
        var row = sampler.NextRows()[0];

        Assert.Equal([true, false, false, true], row.GivenVideo);
        Assert.Equal([0, 1, 2, 3, 12, 13, 14, 15], row.GivenAudio.Index().Where(each => each.Item).Select(each => each.Index));
        var before = source["video"].Length - (3 * Frame);
        Assert.Equal(source["video"][before..(before + Frame)], row.Latents["video"][..Frame]);
        for (; !sampler.Done; FakeNetwork.Step(sampler))
        {
            Assert.Equal(source["video"][..Frame], row.Latents["video"][^Frame..]);
            Assert.Equal(source["audio"][..Sound], row.Latents["audio"][^Sound..]);
        }

        Assert.Equal(5, sampler.TotalSteps);
        Assert.Equal(source.Shapes, sampler.Latents.Shapes);
        Assert.Equal(source["video"][..^(2 * Frame)], sampler.Latents["video"][..^(2 * Frame)]);
        Assert.Empty(source["video"][^(2 * Frame)..].Intersect(sampler.Latents["video"][^(2 * Frame)..]).Take(1));
        Assert.Equal(source["audio"][..^(2 * Sound)], sampler.Latents["audio"][..^(2 * Sound)]);
    }

    [Fact]
    public void Blend_TwoClips_GoesFromTheFirstToTheSecond()
    {
        var (first, second) = (Clip(5, 16), Clip(6, 16));
        var sampler = ClipSampler.Start(
            pack, Settings with { Source = new(SourceUse.Blend, 16, 0.2f) }, FakeNetwork.Encode, [first, second]);
        var row = sampler.NextRows()[0];
        double[] nearness = [.. Enumerable.Range(0, 4).Select(t =>
            Correlation(row.Latents, first, t) - Correlation(row.Latents, second, t))];

        Assert.True(nearness[0] > nearness[1] && nearness[1] > 0 && nearness[2] < 0 && nearness[3] < nearness[2], string.Join(", ", nearness));
    }

    [Fact]
    public void Blend_OfAClipWithItself_IsItsRework()
    {
        var source = Clip(5, 16);
        var blend = Run(new(SourceUse.Blend, 16, 0.6f), 16, source, source);
        var rework = Run(new(SourceUse.Rework, 16, 0.6f), 16, source);

        Assert.All(blend["video"].Zip(rework["video"]), pair => Assert.Equal(pair.First, pair.Second, 1e-4f));
    }

    [Theory]
    [InlineData(SourceUse.Rework, 40, 40)]
    [InlineData(SourceUse.Blend, 16, 16)]
    [InlineData(SourceUse.Extend, 16, 40)]
    [InlineData(SourceUse.Loop, 40, 40)]
    [InlineData(SourceUse.Picture, 4, 40)]
    public void Restore_AtEveryStepWithoutTheSource_FinishesWithTheSameBits(SourceUse use, int frames, int total)
    {
        var source = new ClipSource(use, frames, 0.6f);
        LatentSet[] latents = [.. Enumerable.Range(0, source.Count).Select(i => use == SourceUse.Picture ? Picture((ulong)i) : Clip((ulong)i, frames))];
        var undisturbed = Run(source, total, latents);
        var sampler = ClipSampler.Start(pack, Settings with { Frames = total, Source = source }, FakeNetwork.Encode, latents);
        for (; !sampler.Done; FakeNetwork.Step(sampler))
        {
            using var stream = new MemoryStream();
            sampler.Save(stream);
            stream.Position = 0;
            var restored = ClipSampler.Restore(pack, stream, FakeNetwork.Encode);
            Assert.Equal(sampler.Settings, restored.Settings);
            AssertSame(undisturbed, FakeNetwork.Run(restored).Latents);
        }

        AssertSame(undisturbed, sampler.Latents);
    }

    public static TheoryData<string, ClipSource, int> Impossible => new()
    {
        { "Strength", new(SourceUse.Rework, 16, 0), 16 },
        { "Strength", new(SourceUse.Rework, 16, float.NaN), 16 },
        { "as long as its source", new(SourceUse.Rework, 16), 24 },
        { "as long as its source", new(SourceUse.Loop, 24), 16 },
        { "longer than its source", new(SourceUse.Extend, 16), 16 },
        { "whole latent frame", new(SourceUse.Extend, 15), 24 },
        { "too short", new(SourceUse.Loop, 8), 8 },
        { "Frames", new(SourceUse.Rework, 97), 96 },
        { "one latent frame", new(SourceUse.Picture, 1), 16 },
        { "source is not", new(SourceUse.Picture, 4), 16 },
        { "source is not", new(SourceUse.Rework, 24), 24 }, // the clip that is handed over has 16
        { "source is not", new(SourceUse.Blend, 16), 16 }, // and it is one
    };

    [Theory]
    [MemberData(nameof(Impossible))]
    public void Start_FromWhatCannotBe_SaysWhy(string reason, ClipSource source, int frames) => Assert.Contains(
        reason, Assert.ThrowsAny<ArgumentException>(() => Run(source, frames, Clip(1, 16))).Message, StringComparison.Ordinal);

    private LatentSet Run(ClipSource source, int frames, params LatentSet[] latents) => FakeNetwork.Run(
        ClipSampler.Start(pack, Settings with { Frames = frames, Source = source }, FakeNetwork.Encode, latents)).Latents;

    private static void AssertSame(LatentSet expected, LatentSet actual)
    {
        Assert.Equal(expected["video"], actual["video"]);
        Assert.Equal(expected["audio"], actual["audio"]);
    }

    private static double Correlation(LatentSet a, LatentSet b, int frame)
    {
        var x = a["video"].AsSpan(frame * Frame, Frame);
        var y = b["video"].AsSpan(frame * Frame, Frame);
        double xx = 0, yy = 0, xy = 0;
        for (var i = 0; i < Frame; i++)
        {
            xx += x[i] * x[i];
            yy += y[i] * y[i];
            xy += x[i] * y[i];
        }

        return xy / Math.Sqrt(xx * yy);
    }
}
