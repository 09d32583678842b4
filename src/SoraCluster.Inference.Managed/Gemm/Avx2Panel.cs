using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace SoraCluster.Inference.Managed.Gemm;

/// <summary>Panels of 32 columns with AVX2, in two halves: 6 rows by 16 columns are kept in 12 of the 16 registers over the whole chain.</summary>
internal static unsafe class Avx2Panel
{
    /// <summary>See <see cref="Simd.ILanes{TSelf}.MultiplyPanel"/>.</summary>
    public static void Multiply(int rows, float* a, nint lda, float* b, float* c, int k, bool accumulate)
    {
        for (; rows >= 6; rows -= 6, a += 6 * lda, c += 6 * 32)
        {
            Rows6(a, lda, b, c, k, accumulate);
            Rows6(a, lda, b + 16, c + 16, k, accumulate);
        }

        for (; rows > 0; rows--, a += lda, c += 32)
        {
            Rows1(a, b, c, k, accumulate);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Rows6(float* a, nint lda, float* b, float* c, int k, bool accumulate)
    {
        var a3 = a + (3 * lda);
        var twice = 2 * lda;
        Vector256<float> c0 = default, d0 = default, c1 = default, d1 = default, c2 = default, d2 = default;
        Vector256<float> c3 = default, d3 = default, c4 = default, d4 = default, c5 = default, d5 = default;
        if (accumulate)
        {
            (c0, d0) = (Vector256.Load(c), Vector256.Load(c + 8));
            (c1, d1) = (Vector256.Load(c + 32), Vector256.Load(c + 40));
            (c2, d2) = (Vector256.Load(c + 64), Vector256.Load(c + 72));
            (c3, d3) = (Vector256.Load(c + 96), Vector256.Load(c + 104));
            (c4, d4) = (Vector256.Load(c + 128), Vector256.Load(c + 136));
            (c5, d5) = (Vector256.Load(c + 160), Vector256.Load(c + 168));
        }

        for (; k > 0; k--)
        {
            var (p, q) = (Vector256.Load(b), Vector256.Load(b + 8));
            var x = Vector256.Create(*a);
            (c0, d0) = (Fma.MultiplyAdd(x, p, c0), Fma.MultiplyAdd(x, q, d0));
            x = Vector256.Create(a[lda]);
            (c1, d1) = (Fma.MultiplyAdd(x, p, c1), Fma.MultiplyAdd(x, q, d1));
            x = Vector256.Create(a[twice]);
            (c2, d2) = (Fma.MultiplyAdd(x, p, c2), Fma.MultiplyAdd(x, q, d2));
            x = Vector256.Create(*a3);
            (c3, d3) = (Fma.MultiplyAdd(x, p, c3), Fma.MultiplyAdd(x, q, d3));
            x = Vector256.Create(a3[lda]);
            (c4, d4) = (Fma.MultiplyAdd(x, p, c4), Fma.MultiplyAdd(x, q, d4));
            x = Vector256.Create(a3[twice]);
            (c5, d5) = (Fma.MultiplyAdd(x, p, c5), Fma.MultiplyAdd(x, q, d5));
            a++;
            a3++;
            b += 32;
        }

        Store(c, c0, d0);
        Store(c + 32, c1, d1);
        Store(c + 64, c2, d2);
        Store(c + 96, c3, d3);
        Store(c + 128, c4, d4);
        Store(c + 160, c5, d5);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Rows1(float* a, float* b, float* c, int k, bool accumulate)
    {
        Vector256<float> c0 = default, c1 = default, c2 = default, c3 = default;
        if (accumulate)
        {
            (c0, c1, c2, c3) = (Vector256.Load(c), Vector256.Load(c + 8), Vector256.Load(c + 16), Vector256.Load(c + 24));
        }

        for (; k > 0; k--)
        {
            var x = Vector256.Create(*a);
            c0 = Fma.MultiplyAdd(x, Vector256.Load(b), c0);
            c1 = Fma.MultiplyAdd(x, Vector256.Load(b + 8), c1);
            c2 = Fma.MultiplyAdd(x, Vector256.Load(b + 16), c2);
            c3 = Fma.MultiplyAdd(x, Vector256.Load(b + 24), c3);
            a++;
            b += 32;
        }

        Store(c, c0, c1);
        Store(c + 16, c2, c3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(float* c, Vector256<float> low, Vector256<float> high)
    {
        low.Store(c);
        high.Store(c + 8);
    }
}
