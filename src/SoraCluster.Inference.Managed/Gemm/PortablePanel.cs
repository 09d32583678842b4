using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace SoraCluster.Inference.Managed.Gemm;

/// <summary>Panels of 32 columns with the platform's 128-bit vectors: 4 rows by 8 columns at a time.</summary>
internal static unsafe class PortablePanel
{
    /// <summary>See <see cref="Simd.ILanes{TSelf}.MultiplyPanel"/>.</summary>
    public static void Multiply(int rows, float* a, nint lda, float* b, float* c, int k, bool accumulate)
    {
        for (; rows >= 4; rows -= 4, a += 4 * lda, c += 4 * 32)
        {
            for (var column = 0; column < 32; column += 8)
            {
                Rows4(a, lda, b + column, c + column, k, accumulate);
            }
        }

        for (; rows > 0; rows--, a += lda, c += 32)
        {
            for (var column = 0; column < 32; column += 8)
            {
                Rows1(a, b + column, c + column, k, accumulate);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Rows4(float* a, nint lda, float* b, float* c, int k, bool accumulate)
    {
        var a1 = a + lda;
        var a2 = a1 + lda;
        var a3 = a2 + lda;
        Vector128<float> c0 = default, d0 = default, c1 = default, d1 = default;
        Vector128<float> c2 = default, d2 = default, c3 = default, d3 = default;
        if (accumulate)
        {
            (c0, d0) = (Vector128.Load(c), Vector128.Load(c + 4));
            (c1, d1) = (Vector128.Load(c + 32), Vector128.Load(c + 36));
            (c2, d2) = (Vector128.Load(c + 64), Vector128.Load(c + 68));
            (c3, d3) = (Vector128.Load(c + 96), Vector128.Load(c + 100));
        }

        for (var i = 0; i < k; i++, b += 32)
        {
            var (p, q) = (Vector128.Load(b), Vector128.Load(b + 4));
            var x = Vector128.Create(a[i]);
            (c0, d0) = (Vector128.FusedMultiplyAdd(x, p, c0), Vector128.FusedMultiplyAdd(x, q, d0));
            x = Vector128.Create(a1[i]);
            (c1, d1) = (Vector128.FusedMultiplyAdd(x, p, c1), Vector128.FusedMultiplyAdd(x, q, d1));
            x = Vector128.Create(a2[i]);
            (c2, d2) = (Vector128.FusedMultiplyAdd(x, p, c2), Vector128.FusedMultiplyAdd(x, q, d2));
            x = Vector128.Create(a3[i]);
            (c3, d3) = (Vector128.FusedMultiplyAdd(x, p, c3), Vector128.FusedMultiplyAdd(x, q, d3));
        }

        Store(c, c0, d0);
        Store(c + 32, c1, d1);
        Store(c + 64, c2, d2);
        Store(c + 96, c3, d3);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Rows1(float* a, float* b, float* c, int k, bool accumulate)
    {
        Vector128<float> c0 = default, d0 = default;
        if (accumulate)
        {
            (c0, d0) = (Vector128.Load(c), Vector128.Load(c + 4));
        }

        for (var i = 0; i < k; i++, b += 32)
        {
            var x = Vector128.Create(a[i]);
            c0 = Vector128.FusedMultiplyAdd(x, Vector128.Load(b), c0);
            d0 = Vector128.FusedMultiplyAdd(x, Vector128.Load(b + 4), d0);
        }

        Store(c, c0, d0);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(float* c, Vector128<float> low, Vector128<float> high)
    {
        low.Store(c);
        high.Store(c + 4);
    }
}
