using System.Runtime.CompilerServices;

namespace SoraCluster.Diffusion.Latents;

/// <summary>
/// Standard normals from a counter: the same bits on every machine, whatever is asked for first.
/// <para>
/// Element <c>n</c> of a stream comes from block <c>n / 4</c> of <see cref="Philox4x32"/> with the seed as key and the counter
/// <c>(block low, block high, stream, 0)</c>. Each pair of words becomes a pair of normals (Box and Muller 1958) in double precision, by additions,
/// multiplications, divisions and square roots only, all of which IEEE 754 rounds the same way everywhere; no library function is involved.
/// The largest magnitude that can come out is 6.76.
/// </para>
/// </summary>
public static class PhiloxNoise
{
    private const double TwoToMinus32 = 1.0 / 4294967296.0;
    private const double Ln2 = 0.693147180559945309417;
    private const double QuarterPi = 0.785398163397448309616;

    /// <summary>Fills with elements <paramref name="offset"/>, offset+1, … of the sequence named by seed and stream.</summary>
    public static void Fill(Span<float> destination, ulong seed, uint stream, ulong offset)
    {
        Span<float> four = stackalloc float[4];
        for (var done = 0; done < destination.Length;)
        {
            var position = offset + (ulong)done;
            Block(four, seed, stream, position / 4);
            var skip = (int)(position % 4);
            var count = Math.Min(4 - skip, destination.Length - done);
            four.Slice(skip, count).CopyTo(destination[done..]);
            done += count;
        }
    }

    private static void Block(Span<float> four, ulong seed, uint stream, ulong block)
    {
        var (x0, x1, x2, x3) = Philox4x32.Block(seed, (uint)block, (uint)(block >> 32), stream, 0);
        (four[0], four[1]) = Pair(x0, x1);
        (four[2], four[3]) = Pair(x2, x3);
    }

    private static (float, float) Pair(uint radius, uint angle)
    {
        var r = Math.Sqrt(-2.0 * Log((radius + 0.5) * TwoToMinus32));
        var (sin, cos) = SinCos(angle);
        return ((float)(r * cos), (float)(r * sin));
    }

    /// <summary>ln x for normal x > 0: x = m 2^e with m in [√½, √2), ln m = 2 artanh((m-1)/(m+1)) by its series; error below 1e-15.</summary>
    private static double Log(double x)
    {
        var bits = BitConverter.DoubleToInt64Bits(x);
        var exponent = (int)(bits >> 52) - 1023;
        var mantissa = BitConverter.Int64BitsToDouble((bits & 0xFFFFFFFFFFFFF) | 0x3FF0000000000000);
        if (mantissa >= 1.41421356237309504880)
        {
            mantissa *= 0.5;
            exponent++;
        }

        var s = (mantissa - 1.0) / (mantissa + 1.0);
        var z = s * s;
        var series = 1.0 / 23;
        for (var k = 21; k >= 1; k -= 2)
        {
            series = (series * z) + (1.0 / k);
        }

        return (exponent * Ln2) + (2.0 * s * series);
    }

    /// <summary>Sine and cosine of 2π (angle + ½) / 2^32. The top three bits are the octant, so that the rest is exact.</summary>
    private static (double Sin, double Cos) SinCos(uint angle)
    {
        var octant = angle >> 29;
        var fraction = ((angle & 0x1FFFFFFF) + 0.5) / 536870912.0;
        if ((octant & 1) != 0)
        {
            fraction = 1.0 - fraction;
        }

        var (sin, cos) = Octant(fraction * QuarterPi);
        if (octant is 1 or 2 or 5 or 6)
        {
            (sin, cos) = (cos, sin);
        }

        return (octant >= 4 ? -sin : sin, octant is >= 2 and <= 5 ? -cos : cos);
    }

    /// <summary>Taylor series on [0, π/4]; error below 1e-15.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (double Sin, double Cos) Octant(double t)
    {
        var z = t * t;
        var sin = 1.0;
        var cos = 1.0;
        for (var k = 16; k >= 2; k -= 2)
        {
            sin = 1.0 - (z * sin / (k * (k + 1.0)));
            cos = 1.0 - (z * cos / (k * (k - 1.0)));
        }

        return (t * sin, cos);
    }
}
