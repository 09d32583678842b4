using SoraCluster.Diffusion.Latents;

namespace SoraCluster.Diffusion.Tests.Latents;

public class PhiloxNoiseTests
{
    /// <summary>The known answers of Random123 (tests/kat_vectors, "philox4x32 10").</summary>
    [Theory]
    [InlineData(0x0ul, 0x0u, 0x0u, 0x0u, 0x0u, 0x6627e8d5u, 0xe169c58du, 0xbc57ac4cu, 0x9b00dbd8u)]
    [InlineData(0xfffffffffffffffful, 0xffffffffu, 0xffffffffu, 0xffffffffu, 0xffffffffu, 0x408f276du, 0x41c83b0eu, 0xa20bc7c6u, 0x6d5451fdu)]
    [InlineData(0x299f31d0a4093822ul, 0x243f6a88u, 0x85a308d3u, 0x13198a2eu, 0x03707344u, 0xd16cfe09u, 0x94fdccebu, 0x5001e420u, 0x24126ea1u)]
    public void Block_KnownCounters_GivesThePublishedWords(
        ulong key, uint c0, uint c1, uint c2, uint c3, uint x0, uint x1, uint x2, uint x3) =>
        Assert.Equal((x0, x1, x2, x3), Philox4x32.Block(key, c0, c1, c2, c3));

    [Fact]
    public void Fill_FromAnyOffset_GivesTheSameSequence()
    {
        var whole = Noise(5, 1, 0, 64);
        for (var offset = 0; offset < 20; offset++)
        {
            for (var length = 1; length < 12; length++)
            {
                Assert.Equal(whole[offset..(offset + length)], Noise(5, 1, (ulong)offset, length));
            }
        }
    }

    [Fact]
    public void Fill_OtherSeedStreamOrDraw_GivesOtherNumbers()
    {
        var noise = Noise(5, 1, 0, 1000);
        foreach (var other in new[] { Noise(5, 1, 0, 1000, 1), Noise(5, 1, 0, 1000, 24), Noise(6, 1, 0, 1000), Noise(5, 2, 0, 1000), Noise(5 + (1ul << 32), 1, 0, 1000), Noise(5, 1, 1ul << 34, 1000) })
        {
            Assert.InRange(Correlation(noise, other), -0.15, 0.15);
        }
    }

    /// <summary>Bits that every machine must give: a change here changes every clip that was ever made.</summary>
    [Fact]
    public void Fill_PinnedBits_Hold()
    {
        uint[] bits = [.. Noise(42, 3, 0, 8).Select(BitConverter.SingleToUInt32Bits)];
        Assert.Equal(
            [.. Vectors.Read("philox_normals.json").GetProperty("bits").EnumerateArray().Select(bit => bit.GetUInt32())], bits);
    }

    /// <summary>Box and Muller by the platform's own functions in double precision: at most one unit in the last place away.</summary>
    [Fact]
    public void Fill_AgainstLibraryFunctions_DiffersByRoundingOnly()
    {
        var noise = Noise(7, 0, 0, 40_000);
        for (var block = 0; block < noise.Length / 4; block++)
        {
            var (x0, x1, x2, x3) = Philox4x32.Block(7, (uint)block, 0, 0, 0);
            foreach (var (i, radius, angle) in new[] { (0, x0, x1), (2, x2, x3) })
            {
                var r = Math.Sqrt(-2 * Math.Log((radius + 0.5) / 4294967296.0));
                var phi = 2 * Math.PI * ((angle + 0.5) / 4294967296.0);
                Assert.Equal(r * Math.Cos(phi), noise[(block * 4) + i], 6e-7);
                Assert.Equal(r * Math.Sin(phi), noise[(block * 4) + i + 1], 6e-7);
            }
        }
    }

    [Fact]
    public void Fill_AMillion_HaveTheMomentsOfANormal()
    {
        double sum = 0, square = 0, cube = 0, fourth = 0;
        var noise = Noise(123, 0, 0, 1_000_000);
        foreach (double x in noise)
        {
            sum += x;
            square += x * x;
            cube += x * x * x;
            fourth += x * x * x * x;
        }

        // Five standard errors of each estimate.
        Assert.InRange(sum / noise.Length, -0.005, 0.005);
        Assert.InRange(square / noise.Length, 1 - 0.0071, 1 + 0.0071);
        Assert.InRange(cube / noise.Length, -0.0194, 0.0194);
        Assert.InRange(fourth / noise.Length, 3 - 0.049, 3 + 0.049);
    }

    /// <summary>Kolmogorov and Smirnov: the statistic stays below the critical value at 0.1 %.</summary>
    [Fact]
    public void Fill_AHundredThousand_FollowTheNormalDistribution()
    {
        var noise = Noise(99, 4, 12345, 100_000);
        Array.Sort(noise);
        var worst = 0.0;
        for (var i = 0; i < noise.Length; i++)
        {
            var cdf = NormalCdf(noise[i]);
            worst = Math.Max(worst, Math.Max(cdf - ((double)i / noise.Length), ((i + 1.0) / noise.Length) - cdf));
        }

        Assert.InRange(worst, 0, 1.95 / Math.Sqrt(noise.Length));
    }

    private static float[] Noise(ulong seed, uint stream, ulong offset, int count, uint draw = 0)
    {
        var noise = new float[count];
        PhiloxNoise.Fill(noise, seed, stream, offset, draw);
        return noise;
    }

    private static double Correlation(float[] a, float[] b) =>
        a.Zip(b, (x, y) => (double)x * y).Sum() / Math.Sqrt(a.Sum(x => (double)x * x) * b.Sum(y => (double)y * y));

    /// <summary>Abramowitz and Stegun 26.2.17, error below 7.5e-8.</summary>
    private static double NormalCdf(double x)
    {
        var t = 1 / (1 + (0.2316419 * Math.Abs(x)));
        var tail = Math.Exp(-x * x / 2) / Math.Sqrt(2 * Math.PI)
            * (t * (0.319381530 + (t * (-0.356563782 + (t * (1.781477937 + (t * (-1.821255978 + (t * 1.330274429)))))))));
        return x >= 0 ? 1 - tail : tail;
    }
}
