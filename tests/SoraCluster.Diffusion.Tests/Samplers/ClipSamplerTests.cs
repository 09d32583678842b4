using SoraCluster.Diffusion.Packs;
using SoraCluster.Diffusion.Samplers;
using SoraCluster.Testing.Packs;

namespace SoraCluster.Diffusion.Tests.Samplers;

public sealed class ClipSamplerTests : IDisposable
{
    private static readonly ClipSettings Settings = new("a red ball bounces", "blue", 11, 3, 2.5f, 40);

    private readonly MicroPack micro = MicroPack.Create();
    private readonly Pack pack;

    public ClipSamplerTests() => pack = micro.Load();

    public void Dispose() => micro.Dispose();

    [Theory]
    [InlineData(1, 1, 1, 8)]
    [InlineData(4, 1, 1, 32)]
    [InlineData(5, 1, 2, 40)]
    [InlineData(16, 1, 4, 128)]
    [InlineData(17, 2, 5, 136)]
    [InlineData(28, 2, 7, 224)]
    [InlineData(29, 3, 8, 232)]
    [InlineData(96, 8, 24, 768)]
    public void Start_Frames_DecideWindowsAndLengths(int frames, int windows, int latentFrames, int melFrames)
    {
        var sampler = FakeNetwork.Run(Start(Settings with { Frames = frames }));

        Assert.Equal(3 * windows, sampler.TotalSteps);
        Assert.Equal([latentFrames, 4, 4, 6], sampler.Latents.Shape("video").Dims);
        Assert.Equal([melFrames, 40], sampler.Latents.Shape("audio").Dims);
    }

    [Fact]
    public void Apply_OracleOfTheCleanLatents_ArrivesThere()
    {
        var sampler = Start(Settings with { Frames = 16, GuidanceScale = 1 });
        while (!sampler.Done)
        {
            Array.Fill(sampler.NextRows()[0].Prediction["video"], 0.25f);
            Array.Fill(sampler.NextRows()[0].Prediction["audio"], -1.5f);
            sampler.Apply();
        }

        Assert.All(sampler.Latents["video"], x => Assert.Equal(0.25f, x, 1e-6f));
        Assert.All(sampler.Latents["audio"], x => Assert.Equal(-1.5f, x, 1e-6f));
    }

    /// <summary>Clean sound of zeros: an Euler step leaves the share sigma' / sigma of the noise, at the sound's own noise levels.</summary>
    [Fact]
    public void Apply_AudioShift_KeepsTheSoundNoisierThanThePicture()
    {
        micro.Edit("pack.json", json => json["audio_shift"] = 4.0);
        var shifted = micro.Load();
        var sampler = ClipSampler.Start(shifted, Settings with { GuidanceScale = 1 }, FakeNetwork.Encode);
        var sigma = shifted.Scheduler.CreateScheduler(3, 0).Sigmas[1];
        var row = sampler.NextRows()[0];
        var (video, audio) = (row.Latents["video"][0], row.Latents["audio"][0]);

        sampler.Apply();

        Assert.Equal(sigma * video, row.Latents["video"][0], 1e-5f);
        Assert.Equal(4 * sigma / (1 + (3 * sigma)) * audio, row.Latents["audio"][0], 1e-5f);
    }

    [Fact]
    public void Apply_VelocityAndSamplePredictions_AgreeOnTheSameField()
    {
        using var other = MicroPack.Create(new MicroPackShape { PredictionType = "velocity" });
        var asSample = FakeNetwork.Run(Start(Settings));
        var asVelocity = ClipSampler.Start(other.Load(), Settings, FakeNetwork.Encode);
        while (!asVelocity.Done)
        {
            foreach (var row in asVelocity.NextRows())
            {
                FakeNetwork.Predict(row);
                foreach (var name in new[] { "video", "audio" })
                {
                    var (x, p) = (row.Latents[name], row.Prediction[name]);
                    for (var i = 0; i < p.Length; i++)
                    {
                        p[i] = (x[i] - p[i]) / row.Sigma;
                    }
                }
            }

            asVelocity.Apply();
        }

        Assert.All(asSample.Latents["video"].Zip(asVelocity.Latents["video"]), pair => Assert.Equal(pair.First, pair.Second, 1e-4f));
    }

    [Fact]
    public void NextRows_WithGuidance_AreConditionalThenNegative()
    {
        var rows = Start(Settings).NextRows();

        Assert.Equal(2, rows.Count);
        Assert.Equal(FakeNetwork.Encode([1, 3, 4]).Hidden, rows[0].Text.Hidden);
        Assert.Equal(FakeNetwork.Encode([2]).Hidden, rows[1].Text.Hidden);
        Assert.Equal(1f, rows[0].Sigma);
        Assert.Equal(FakeNetwork.Encode([]).Hidden, Start(Settings with { NegativePrompt = null }).NextRows()[1].Text.Hidden);
        Assert.Single(Start(Settings with { GuidanceScale = 1 }).NextRows());
    }

    [Fact]
    public void NextRows_EachWindow_WalksTheScheduleOnce()
    {
        var sampler = Start(Settings);
        var expected = pack.Scheduler.CreateScheduler(3, 0).Sigmas.Take(3).ToArray();
        List<float> sigmas = [];
        while (!sampler.Done)
        {
            sigmas.Add(sampler.NextRows()[0].Sigma);
            FakeNetwork.Step(sampler);
        }

        Assert.Equal([.. expected, .. expected, .. expected], sigmas);
        Assert.Throws<InvalidOperationException>(sampler.NextRows);
        Assert.Throws<InvalidOperationException>(sampler.Apply);
    }

    [Fact]
    public void NextRows_LaterWindow_IsGivenTheEndOfTheOneBefore()
    {
        var sampler = Start(Settings);
        for (var i = 0; i < 3; i++)
        {
            Assert.DoesNotContain(true, sampler.NextRows()[0].GivenVideo);
            FakeNetwork.Step(sampler);
        }

        // The first window has ended; its end was the window's content before the next began, which the preview still shows.
        var (frame, tokens) = (4 * 4 * 6, 32 * 40);
        var endOfFirst = sampler.Preview;
        for (var i = 0; i < 3; i++)
        {
            var row = sampler.NextRows()[0];
            Assert.Equal([true, false, false, false], row.GivenVideo);
            Assert.Equal(4, row.GivenAudio.Count(given => given));
            Assert.True(row.GivenAudio[..4].All(given => given));
            if (i == 0)
            {
                AssertNear(endOfFirst["video"].AsSpan(3 * frame), row.Latents["video"].AsSpan(0, frame));
                AssertNear(endOfFirst["audio"].AsSpan(96 * 40), row.Latents["audio"].AsSpan(0, tokens));
            }

            var given = row.Latents["video"][..frame];
            FakeNetwork.Step(sampler);
            Assert.Equal(given, sampler.Preview["video"][..frame]);
        }
    }

    [Fact]
    public void Latents_Windows_AreJoinedWithoutSeams()
    {
        // Predict each window's own number: the joined clip must show 4 latent frames of the first, then 3 of each further one.
        var sampler = Start(Settings with { GuidanceScale = 1, Frames = 40 });
        while (!sampler.Done)
        {
            var window = sampler.Step / 3;
            Array.Fill(sampler.NextRows()[0].Prediction["video"], window);
            Array.Fill(sampler.NextRows()[0].Prediction["audio"], window);
            sampler.Apply();
        }

        var video = sampler.Latents["video"].Chunk(4 * 4 * 6).Select(frame => (int)MathF.Round(frame.Average()));
        Assert.Equal([0, 0, 0, 0, 1, 1, 1, 2, 2, 2], video);
        var audio = sampler.Latents["audio"].Chunk(32 * 40).Select(part => (int)MathF.Round(part.Average()));
        Assert.Equal([0, 0, 0, 0, 1, 1, 1, 2, 2, 2], audio);
    }

    [Fact]
    public void Start_SameSettings_GivesTheSameBits_OtherSeedDoesNot()
    {
        var first = FakeNetwork.Run(Start(Settings));
        Assert.Equal(first.Latents["video"], FakeNetwork.Run(Start(Settings)).Latents["video"]);
        Assert.NotEqual(first.Latents["video"], FakeNetwork.Run(Start(Settings with { Seed = 12 })).Latents["video"]);
    }

    [Fact]
    public void Start_LongerClip_BeginsLikeTheShorterOne() => Assert.Equal(
        FakeNetwork.Run(Start(Settings with { Frames = 16 })).Latents["video"], FakeNetwork.Run(Start(Settings)).Latents["video"][..(4 * 4 * 4 * 6)]);

    [Fact]
    public void Preview_BeforeAndAfterAStep_IsZerosThenTheGuidedPrediction()
    {
        var sampler = Start(Settings with { Frames = 16 });
        Assert.All(sampler.Preview["video"], x => Assert.Equal(0, x));
        foreach (var (row, value) in sampler.NextRows().Zip([2f, 1f]))
        {
            Array.Fill(row.Prediction["video"], value);
        }

        sampler.Apply();
        Assert.All(sampler.Preview["video"], x => Assert.Equal(3.5f, x)); // 1 + 2.5 (2 - 1)
    }

    [Fact]
    public void NextRows_PromptThatChanges_EachWindowReadsWhatHoldsInIt()
    {
        // Windows add the seconds 0 to 2, 2 to 3.5 and 3.5 to 5; what holds for less than a quarter of one is left to its neighbours.
        var sampler = Start(Settings with { Prompt = "0\u001Fred\u001E1.9\u001Fball\u001E3.5\u001Fbounces unicorn" });
        List<float> read = [];
        for (; !sampler.Done; FakeNetwork.Step(sampler))
        {
            read.Add(sampler.NextRows()[0].Text.Pooled[0]);
        }

        float[] expected = [FakeNetwork.Encode([1]).Pooled[0], FakeNetwork.Encode([3]).Pooled[0], FakeNetwork.Encode([4]).Pooled[0]];
        Assert.Equal(expected.SelectMany(value => Enumerable.Repeat(value, 3)), read);
        Assert.Equal(["unicorn"], sampler.Prompt.UnknownWords);
    }

    [Fact]
    public void Latents_NotDone_IsAnError() => Assert.Throws<InvalidOperationException>(() => Start(Settings).Latents);

    [Fact]
    public void BatchKey_DependsOnBranchesAndPackOnly()
    {
        var key = Start(Settings).BatchKey;
        Assert.Equal(key, Start(Settings with { Seed = 1, Frames = 96, Steps = 9, Prompt = "blue" }).BatchKey);
        Assert.Equal(key, ClipSampler.BatchKeyOf(pack, Settings));
        Assert.NotEqual(key, Start(Settings with { GuidanceScale = 1 }).BatchKey);
        using var other = MicroPack.Create(new MicroPackShape { Seed = 2 });
        Assert.NotEqual(key, ClipSampler.BatchKeyOf(other.Load(), Settings));
    }

    [Fact]
    public void Prompt_UnknownWords_AreReported() =>
        Assert.Equal(["unicorn"], Start(Settings with { Prompt = "a red unicorn" }).Prompt.UnknownWords);

    public static TheoryData<string, ClipSettings> BadSettings => new()
    {
        { "Steps", Settings with { Steps = 0 } },
        { "Steps", Settings with { Steps = 1001 } },
        { "Frames", Settings with { Frames = 0 } },
        { "Frames", Settings with { Frames = 97 } },
        { "GuidanceScale", Settings with { GuidanceScale = 0.5f } },
        { "GuidanceScale", Settings with { GuidanceScale = float.NaN } },
        { "GuidanceScale", Settings with { GuidanceScale = float.PositiveInfinity } },
    };

    [Theory]
    [MemberData(nameof(BadSettings))]
    public void Start_SettingOutOfRange_NamesIt(string name, ClipSettings settings) =>
        Assert.Equal(name, Assert.Throws<ArgumentOutOfRangeException>(() => Start(settings)).ParamName);

    private ClipSampler Start(ClipSettings settings) => ClipSampler.Start(pack, settings, FakeNetwork.Encode);

    private static void AssertNear(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i], actual[i], 1e-5f);
        }
    }
}
