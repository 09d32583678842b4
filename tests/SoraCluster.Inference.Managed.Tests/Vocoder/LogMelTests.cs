using SoraCluster.Diffusion.Packs;
using SoraCluster.Inference.Managed.Simd;
using SoraCluster.Inference.Managed.Vocoder;

namespace SoraCluster.Inference.Managed.Tests.Vocoder;

public class LogMelTests
{
    private static readonly GriffinLimConfig Config = GriffinLimTests.Config;

    [Theory]
    [InlineData(1)]
    [InlineData(16)]
    [InlineData(37)]
    public void Run_Sound_IsTheRecipesLogMel(int frames)
    {
        var random = new Random(frames);
        float[] samples = [.. Enumerable.Range(0, frames * 250).Select(i => (float)((0.4 * Math.Sin(i * 0.2)) + (0.1 * (random.NextDouble() - 0.5))))];

        var latents = new LogMel<Lanes128>(Config).Run(samples);

        var expected = ReferenceMel.Of(Config, samples);
        Assert.Equal(expected.Length, latents.Length);
        Assert.All(expected.Zip(latents), pair => Assert.Equal(Math.Clamp((pair.First - Config.MelMean[0]) / Config.MelStd[0], -4, 4), pair.Second, 2e-4f));
    }

    [Fact]
    public void Run_SameSoundTwice_IsTheSame()
    {
        var mel = new LogMel<Lanes128>(Config);
        float[] samples = [.. Enumerable.Range(0, 5000).Select(i => MathF.Sin(i * 0.1f))];

        var first = mel.Run(samples);
        mel.Run(new float[5000]);

        Assert.Equal(first, mel.Run(samples));
    }
}
