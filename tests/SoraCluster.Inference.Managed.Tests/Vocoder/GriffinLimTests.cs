using SoraCluster.Diffusion.Packs;
using SoraCluster.Inference.Managed.Simd;
using SoraCluster.Inference.Managed.Threading;
using SoraCluster.Inference.Managed.Vocoder;

namespace SoraCluster.Inference.Managed.Tests.Vocoder;

public class GriffinLimTests
{
    internal static readonly GriffinLimConfig Config = new(16000, 512, 250, 40, 60, 7600, 32, 0.02f, [-1.85f], [1.64f]);

    /// <summary>
    /// The log-mel of what comes out must be close to what went in. The sound has a falling tone, two thuds and a hiss, as the reference world has.
    /// </summary>
    [Fact]
    public void Run_LogMelOfRealSound_ComesBack()
    {
        var samples = Sound(128 * 250);
        var target = ReferenceMel.Of(Config, samples);
        using var team = new ThreadTeam(2);

        var rebuilt = new GriffinLim<Lanes128>(Config, team).Run([.. target.Select(x => (x + 1.85f) / 1.64f)]);

        Assert.Equal(samples.Length, rebuilt.Length);
        var found = ReferenceMel.Of(Config, rebuilt);
        var error = target.Zip(found, (a, b) => Math.Abs(a - b)).Average();
        Assert.InRange(error, 0, 0.15);
    }

    /// <summary>The thuds stay where they were: the loudest 10 ms of each half second.</summary>
    [Fact]
    public void Run_Thuds_StayWithinAFrame()
    {
        var samples = Sound(128 * 250);
        using var team = new ThreadTeam(1);
        var rebuilt = new GriffinLim<Lanes128>(Config, team).Run([.. ReferenceMel.Of(Config, samples).Select(x => (x + 1.85f) / 1.64f)]);
        foreach (var start in new[] { 4000, 20000 })
        {
            Assert.InRange(Loudest(rebuilt, start) - Loudest(samples, start), -250, 250);
        }
    }

    [Fact]
    public void Run_Silence_IsSilent()
    {
        using var team = new ThreadTeam(1);
        var latent = (float)((Math.Log(0.02) + 1.85) / 1.64);
        var samples = new GriffinLim<Lanes128>(Config, team).Run([.. Enumerable.Repeat(latent, 20 * 40)]);
        Assert.Equal(20 * 250, samples.Length);
        Assert.All(samples, sample => Assert.InRange(sample, -1e-4f, 1e-4f));
    }

    [Fact]
    public void MelBank_Bands_SumToOneAndRise()
    {
        var bank = new MelBank(Config);
        Assert.Equal(40, bank.Bands.Length);
        Assert.All(bank.Bands, band => Assert.Equal(1, band.Weights.Sum(), 1e-6f));
        Assert.Equal(bank.Bands.Select(band => band.First).Order(), bank.Bands.Select(band => band.First));
        Assert.All(bank.Bands, band => Assert.InRange(band.First + band.Weights.Length, 1, 257));
    }

    private static int Loudest(float[] samples, int start) =>
        Enumerable.Range(0, 100).MaxBy(i => samples.Skip(start + (i * 40)).Take(160).Sum(x => x * x));

    private static float[] Sound(int length)
    {
        var random = new Random(3);
        var sound = new float[length];
        for (var i = 0; i < length; i++)
        {
            var t = i / 16000.0;
            sound[i] = (float)((0.2 * Math.Sin(2 * Math.PI * ((500 * t) - (60 * t * t)))) + (0.02 * (random.NextDouble() - 0.5)));
            foreach (var hit in new[] { 0.35, 1.31 })
            {
                var u = t - hit;
                sound[i] += u < 0 ? 0 : (float)(0.7 * Math.Sin(2 * Math.PI * 150 * u) * Math.Exp(-u / 0.05));
            }
        }

        return sound;
    }
}
