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
}
