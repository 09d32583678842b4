using System.Runtime.Intrinsics;

namespace SoraCluster.Diffusion;

/// <summary>
/// Elementary functions in double precision that give the same bits on every machine: additions, multiplications, divisions and square roots only,
/// which IEEE 754 rounds the same way everywhere. <see cref="Math"/> forwards to the platform's library, whose last bits differ between systems.
/// </summary>
public static class StableMath
{
    private const double Ln2 = 0.693147180559945309417;
    private const double InverseLn2 = 1.44269504088896340736;
    private const double QuarterPi = 0.785398163397448309616;
    private const double InverseTwoPi = 0.159154943091895335769;
    private const double SqrtTwo = 1.41421356237309504880;

    /// <summary>
    /// Natural logarithm of a positive normal number: x = m 2^e with m in [√½, √2), ln m = 2 artanh((m-1)/(m+1)) by its series; absolute error
    /// below 1e-15 (1 + |e|).
    /// </summary>
    public static double Log(double x)
    {
        var bits = BitConverter.DoubleToInt64Bits(x);
        var exponent = (int)(bits >> 52) - 1023;
        var mantissa = BitConverter.Int64BitsToDouble((bits & 0xFFFFFFFFFFFFF) | 0x3FF0000000000000);
        if (mantissa >= SqrtTwo)
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

    /// <summary>The same operations in eight lanes: the bits of <see cref="Log(double)"/>.</summary>
    public static Vector512<double> Log(Vector512<double> x)
    {
        var bits = x.AsInt64();
        var exponent = (bits >> 52) - Vector512.Create(1023L);
        var mantissa = ((bits & Vector512.Create(0xFFFFFFFFFFFFFL)) | Vector512.Create(0x3FF0000000000000L)).AsDouble();
        var large = Vector512.GreaterThanOrEqual(mantissa, Vector512.Create(SqrtTwo));
        mantissa = Vector512.ConditionalSelect(large, mantissa * 0.5, mantissa);
        exponent -= large.AsInt64(); // all ones is -1

        var s = (mantissa - Vector512<double>.One) / (mantissa + Vector512<double>.One);
        var z = s * s;
        var series = Vector512.Create(1.0 / 23);
        for (var k = 21; k >= 1; k -= 2)
        {
            series = (series * z) + Vector512.Create(1.0 / k);
        }

        return (Vector512.ConvertToDouble(exponent) * Ln2) + (2.0 * s * series);
    }

    /// <summary>e^x for |x| up to 700, by e^x = 2^n e^r with |r| at most ln 2 / 2; relative error below 1e-14 (1 + |x|).</summary>
    public static double Exp(double x)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Math.Abs(x), 700, nameof(x));
        var n = Math.Floor((x * InverseLn2) + 0.5);
        var r = x - (n * Ln2);
        var series = 1.0;
        for (var k = 14; k >= 1; k--)
        {
            series = 1.0 + (r * series / k);
        }

        return series * BitConverter.Int64BitsToDouble(((long)n + 1023) << 52);
    }

    /// <summary>Sine and cosine of an angle in radians; absolute error below 1e-15 (1 + |x|).</summary>
    public static (double Sin, double Cos) SinCos(double x) => SinCosTurns(x * InverseTwoPi);

    /// <summary>Sine and cosine of 2π times <paramref name="turns"/>; absolute error below 1e-15 plus that of the fraction of the turns.</summary>
    public static (double Sin, double Cos) SinCosTurns(double turns)
    {
        // Eight octants; within one the series need an argument of at most π/4 only.
        var eighths = (turns - Math.Floor(turns)) * 8.0;
        var octant = Math.Min((int)eighths, 7);
        var fraction = eighths - octant;
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

    /// <summary>The same operations in eight lanes: the bits of <see cref="SinCosTurns(double)"/>.</summary>
    public static (Vector512<double> Sin, Vector512<double> Cos) SinCosTurns(Vector512<double> turns)
    {
        var eighths = (turns - Vector512.Floor(turns)) * 8.0;
        var octant = Vector512.Min(Vector512.Floor(eighths), Vector512.Create(7.0));
        var fraction = eighths - octant;
        fraction = Vector512.ConditionalSelect(OneOf(1, 3, 5, 7), Vector512<double>.One - fraction, fraction);
        var (sine, cosine) = Octant(fraction * QuarterPi);
        var swapped = OneOf(1, 2, 5, 6);
        var sin = Vector512.ConditionalSelect(swapped, cosine, sine);
        var cos = Vector512.ConditionalSelect(swapped, sine, cosine);
        return (Vector512.ConditionalSelect(OneOf(4, 5, 6, 7), -sin, sin), Vector512.ConditionalSelect(OneOf(2, 3, 4, 5), -cos, cos));

        Vector512<double> OneOf(double a, double b, double c, double d) =>
            Vector512.Equals(octant, Vector512.Create(a)) | Vector512.Equals(octant, Vector512.Create(b))
            | Vector512.Equals(octant, Vector512.Create(c)) | Vector512.Equals(octant, Vector512.Create(d));
    }

    /// <summary>Taylor series on [0, π/4].</summary>
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

    private static (Vector512<double> Sin, Vector512<double> Cos) Octant(Vector512<double> t)
    {
        var z = t * t;
        var sin = Vector512<double>.One;
        var cos = Vector512<double>.One;
        for (var k = 16; k >= 2; k -= 2)
        {
            sin = Vector512<double>.One - (z * sin / Vector512.Create(k * (k + 1.0)));
            cos = Vector512<double>.One - (z * cos / Vector512.Create(k * (k - 1.0)));
        }

        return (t * sin, cos);
    }
}
