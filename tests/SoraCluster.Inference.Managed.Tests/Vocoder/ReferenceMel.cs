using System.Numerics;
using SoraCluster.Diffusion.Packs;
using SoraCluster.Inference.Managed.Vocoder;

namespace SoraCluster.Inference.Managed.Tests.Vocoder;

/// <summary>The recipe's <c>log_mel</c>, by the sum that defines the Fourier transform: frame k covers 512 samples around (k + ½) 250.</summary>
internal static class ReferenceMel
{
    public static float[] Of(GriffinLimConfig config, float[] samples)
    {
        var bank = new MelBank(config);
        var frames = samples.Length / 250;
        var result = new float[frames * 40];
        var window = Enumerable.Range(0, 512).Select(i => 0.5 - (0.5 * Math.Cos(2 * Math.PI * i / 511))).ToArray();
        Parallel.For(0, frames, frame =>
        {
            var x = Enumerable.Range(0, 512).Select(i => (frame * 250) + 125 - 256 + i)
                .Select((n, i) => n >= 0 && n < samples.Length ? samples[n] * window[i] : 0).ToArray();
            var magnitude = Spectrum(x);
            for (var b = 0; b < 40; b++)
            {
                var band = bank.Bands[b];
                var mel = band.Weights.Select((w, i) => w * magnitude[band.First + i]).Sum();
                result[(frame * 40) + b] = (float)Math.Log(mel + 0.02);
            }
        });
        return result;
    }

    private static double[] Spectrum(double[] x)
    {
        var turn = Enumerable.Range(0, 512).Select(i => Complex.FromPolarCoordinates(1, -2 * Math.PI * i / 512)).ToArray();
        return [.. Enumerable.Range(0, 257).Select(k =>
        {
            var sum = Complex.Zero;
            for (var n = 0; n < 512; n++)
            {
                sum += x[n] * turn[k * n % 512];
            }

            return sum.Magnitude;
        })];
    }
}
