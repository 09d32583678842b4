using System.Runtime.CompilerServices;

namespace SoraCluster.Inference.Managed.Simd;

/// <summary>Elementary functions on sixteen lanes; the same bits for every width.</summary>
internal static class VectorMath
{
    /// <summary>
    /// e^x for x clamped to [-86, 88]; relative error below 2e-7. Range reduction by ln 2 in two parts, then the degree-5 polynomial of Cephes'
    /// <c>expf</c> (Moshier).
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Exp<T>(T x)
        where T : struct, ILanes<T>
    {
        // Adding 1.5 * 2^23 rounds to a whole number and leaves that number in the low bits.
        const float round = 12582912f;
        x = T.Min(T.Max(x, T.Create(-86f)), T.Create(88f));
        var shifted = T.FusedMultiplyAdd(x, T.Create(1.44269504f), T.Create(round));
        var n = shifted - T.Create(round);
        var r = T.FusedMultiplyAdd(n, T.Create(-0.693359375f), x);
        r = T.FusedMultiplyAdd(n, T.Create(2.12194440e-4f), r);

        var p = T.FusedMultiplyAdd(T.Create(1.9875691500e-4f), r, T.Create(1.3981999507e-3f));
        p = T.FusedMultiplyAdd(p, r, T.Create(8.3334519073e-3f));
        p = T.FusedMultiplyAdd(p, r, T.Create(4.1665795894e-2f));
        p = T.FusedMultiplyAdd(p, r, T.Create(1.6666665459e-1f));
        p = T.FusedMultiplyAdd(p, r, T.Create(5.0000001201e-1f));
        p = T.FusedMultiplyAdd(p, r * r, r + T.Create(1f));
        return T.ScaleByPower(p, shifted);
    }

    /// <summary>x / (1 + e^-x).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Silu<T>(T x)
        where T : struct, ILanes<T> => x / (T.Create(1f) + Exp(T.Create(0f) - x));

    /// <summary>
    /// GELU by its tanh form (Hendrycks and Gimpel 2016): x/2 (1 + tanh(√(2/π) (x + 0.044715 x³))) = x / (1 + e^(-2√(2/π) (x + 0.044715 x³))).
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Gelu<T>(T x)
        where T : struct, ILanes<T>
    {
        const float linear = -1.5957691216f; // -2 √(2/π)
        const float cubic = linear * 0.044715f;
        var u = x * T.FusedMultiplyAdd(x * x, T.Create(cubic), T.Create(linear));
        return x / (T.Create(1f) + Exp(u));
    }
}
