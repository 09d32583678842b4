using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace SoraCluster.Inference.Managed.Gemm;

/// <summary>
/// Panels of 32 columns with AVX-512: up to 12 rows by 32 columns are kept in 24 registers over the whole chain, which leaves the two multipliers
/// busy in every cycle. Written out row by row, since the JIT compiler keeps only named locals in registers.
/// </summary>
internal static unsafe class Avx512Panel
{
    /// <summary>See <see cref="Simd.ILanes{TSelf}.MultiplyPanel"/>.</summary>
    public static void Multiply(int rows, float* a, nint lda, float* b, float* c, int k, bool accumulate)
    {
        for (; rows >= 12; rows -= 12, a += 12 * lda, c += 12 * 32)
        {
            Rows12(a, lda, b, c, k, accumulate);
        }

        for (; rows >= 8; rows -= 8, a += 8 * lda, c += 8 * 32)
        {
            Rows8(a, lda, b, c, k, accumulate);
        }

        for (; rows >= 4; rows -= 4, a += 4 * lda, c += 4 * 32)
        {
            Rows4(a, lda, b, c, k, accumulate);
        }

        for (; rows > 0; rows--, a += lda, c += 32)
        {
            Rows1(a, b, c, k, accumulate);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Rows12(float* a, nint lda, float* b, float* c, int k, bool accumulate)
    {
        var a3 = a + (3 * lda);
        var a6 = a3 + (3 * lda);
        var a9 = a6 + (3 * lda);
        var twice = 2 * lda;
        Vector512<float> c0 = default, d0 = default;
        Vector512<float> c1 = default, d1 = default;
        Vector512<float> c2 = default, d2 = default;
        Vector512<float> c3 = default, d3 = default;
        Vector512<float> c4 = default, d4 = default;
        Vector512<float> c5 = default, d5 = default;
        Vector512<float> c6 = default, d6 = default;
        Vector512<float> c7 = default, d7 = default;
        Vector512<float> c8 = default, d8 = default;
        Vector512<float> c9 = default, d9 = default;
        Vector512<float> c10 = default, d10 = default;
        Vector512<float> c11 = default, d11 = default;
        if (accumulate)
        {
            (c0, d0) = (Vector512.Load(c), Vector512.Load(c + 16));
            (c1, d1) = (Vector512.Load(c + 32), Vector512.Load(c + 48));
            (c2, d2) = (Vector512.Load(c + 64), Vector512.Load(c + 80));
            (c3, d3) = (Vector512.Load(c + 96), Vector512.Load(c + 112));
            (c4, d4) = (Vector512.Load(c + 128), Vector512.Load(c + 144));
            (c5, d5) = (Vector512.Load(c + 160), Vector512.Load(c + 176));
            (c6, d6) = (Vector512.Load(c + 192), Vector512.Load(c + 208));
            (c7, d7) = (Vector512.Load(c + 224), Vector512.Load(c + 240));
            (c8, d8) = (Vector512.Load(c + 256), Vector512.Load(c + 272));
            (c9, d9) = (Vector512.Load(c + 288), Vector512.Load(c + 304));
            (c10, d10) = (Vector512.Load(c + 320), Vector512.Load(c + 336));
            (c11, d11) = (Vector512.Load(c + 352), Vector512.Load(c + 368));
        }

        for (; k > 0; k--)
        {
            var (p, q) = (Vector512.Load(b), Vector512.Load(b + 16));
            var x0 = Vector512.Create(*a);
            c0 = Avx512F.FusedMultiplyAdd(x0, p, c0);
            d0 = Avx512F.FusedMultiplyAdd(x0, q, d0);
            var x1 = Vector512.Create(a[lda]);
            c1 = Avx512F.FusedMultiplyAdd(x1, p, c1);
            d1 = Avx512F.FusedMultiplyAdd(x1, q, d1);
            var x2 = Vector512.Create(a[twice]);
            c2 = Avx512F.FusedMultiplyAdd(x2, p, c2);
            d2 = Avx512F.FusedMultiplyAdd(x2, q, d2);
            var x3 = Vector512.Create(*a3);
            c3 = Avx512F.FusedMultiplyAdd(x3, p, c3);
            d3 = Avx512F.FusedMultiplyAdd(x3, q, d3);
            var x4 = Vector512.Create(a3[lda]);
            c4 = Avx512F.FusedMultiplyAdd(x4, p, c4);
            d4 = Avx512F.FusedMultiplyAdd(x4, q, d4);
            var x5 = Vector512.Create(a3[twice]);
            c5 = Avx512F.FusedMultiplyAdd(x5, p, c5);
            d5 = Avx512F.FusedMultiplyAdd(x5, q, d5);
            var x6 = Vector512.Create(*a6);
            c6 = Avx512F.FusedMultiplyAdd(x6, p, c6);
            d6 = Avx512F.FusedMultiplyAdd(x6, q, d6);
            var x7 = Vector512.Create(a6[lda]);
            c7 = Avx512F.FusedMultiplyAdd(x7, p, c7);
            d7 = Avx512F.FusedMultiplyAdd(x7, q, d7);
            var x8 = Vector512.Create(a6[twice]);
            c8 = Avx512F.FusedMultiplyAdd(x8, p, c8);
            d8 = Avx512F.FusedMultiplyAdd(x8, q, d8);
            var x9 = Vector512.Create(*a9);
            c9 = Avx512F.FusedMultiplyAdd(x9, p, c9);
            d9 = Avx512F.FusedMultiplyAdd(x9, q, d9);
            var x10 = Vector512.Create(a9[lda]);
            c10 = Avx512F.FusedMultiplyAdd(x10, p, c10);
            d10 = Avx512F.FusedMultiplyAdd(x10, q, d10);
            var x11 = Vector512.Create(a9[twice]);
            c11 = Avx512F.FusedMultiplyAdd(x11, p, c11);
            d11 = Avx512F.FusedMultiplyAdd(x11, q, d11);
            a++;
            a3++;
            a6++;
            a9++;
            b += 32;
        }

        c0.Store(c);
        d0.Store(c + 16);
        c1.Store(c + 32);
        d1.Store(c + 48);
        c2.Store(c + 64);
        d2.Store(c + 80);
        c3.Store(c + 96);
        d3.Store(c + 112);
        c4.Store(c + 128);
        d4.Store(c + 144);
        c5.Store(c + 160);
        d5.Store(c + 176);
        c6.Store(c + 192);
        d6.Store(c + 208);
        c7.Store(c + 224);
        d7.Store(c + 240);
        c8.Store(c + 256);
        d8.Store(c + 272);
        c9.Store(c + 288);
        d9.Store(c + 304);
        c10.Store(c + 320);
        d10.Store(c + 336);
        c11.Store(c + 352);
        d11.Store(c + 368);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Rows8(float* a, nint lda, float* b, float* c, int k, bool accumulate)
    {
        var a3 = a + (3 * lda);
        var a6 = a3 + (3 * lda);
        var twice = 2 * lda;
        Vector512<float> c0 = default, d0 = default;
        Vector512<float> c1 = default, d1 = default;
        Vector512<float> c2 = default, d2 = default;
        Vector512<float> c3 = default, d3 = default;
        Vector512<float> c4 = default, d4 = default;
        Vector512<float> c5 = default, d5 = default;
        Vector512<float> c6 = default, d6 = default;
        Vector512<float> c7 = default, d7 = default;
        if (accumulate)
        {
            (c0, d0) = (Vector512.Load(c), Vector512.Load(c + 16));
            (c1, d1) = (Vector512.Load(c + 32), Vector512.Load(c + 48));
            (c2, d2) = (Vector512.Load(c + 64), Vector512.Load(c + 80));
            (c3, d3) = (Vector512.Load(c + 96), Vector512.Load(c + 112));
            (c4, d4) = (Vector512.Load(c + 128), Vector512.Load(c + 144));
            (c5, d5) = (Vector512.Load(c + 160), Vector512.Load(c + 176));
            (c6, d6) = (Vector512.Load(c + 192), Vector512.Load(c + 208));
            (c7, d7) = (Vector512.Load(c + 224), Vector512.Load(c + 240));
        }

        for (; k > 0; k--)
        {
            var (p, q) = (Vector512.Load(b), Vector512.Load(b + 16));
            var x0 = Vector512.Create(*a);
            c0 = Avx512F.FusedMultiplyAdd(x0, p, c0);
            d0 = Avx512F.FusedMultiplyAdd(x0, q, d0);
            var x1 = Vector512.Create(a[lda]);
            c1 = Avx512F.FusedMultiplyAdd(x1, p, c1);
            d1 = Avx512F.FusedMultiplyAdd(x1, q, d1);
            var x2 = Vector512.Create(a[twice]);
            c2 = Avx512F.FusedMultiplyAdd(x2, p, c2);
            d2 = Avx512F.FusedMultiplyAdd(x2, q, d2);
            var x3 = Vector512.Create(*a3);
            c3 = Avx512F.FusedMultiplyAdd(x3, p, c3);
            d3 = Avx512F.FusedMultiplyAdd(x3, q, d3);
            var x4 = Vector512.Create(a3[lda]);
            c4 = Avx512F.FusedMultiplyAdd(x4, p, c4);
            d4 = Avx512F.FusedMultiplyAdd(x4, q, d4);
            var x5 = Vector512.Create(a3[twice]);
            c5 = Avx512F.FusedMultiplyAdd(x5, p, c5);
            d5 = Avx512F.FusedMultiplyAdd(x5, q, d5);
            var x6 = Vector512.Create(*a6);
            c6 = Avx512F.FusedMultiplyAdd(x6, p, c6);
            d6 = Avx512F.FusedMultiplyAdd(x6, q, d6);
            var x7 = Vector512.Create(a6[lda]);
            c7 = Avx512F.FusedMultiplyAdd(x7, p, c7);
            d7 = Avx512F.FusedMultiplyAdd(x7, q, d7);
            a++;
            a3++;
            a6++;
            b += 32;
        }

        c0.Store(c);
        d0.Store(c + 16);
        c1.Store(c + 32);
        d1.Store(c + 48);
        c2.Store(c + 64);
        d2.Store(c + 80);
        c3.Store(c + 96);
        d3.Store(c + 112);
        c4.Store(c + 128);
        d4.Store(c + 144);
        c5.Store(c + 160);
        d5.Store(c + 176);
        c6.Store(c + 192);
        d6.Store(c + 208);
        c7.Store(c + 224);
        d7.Store(c + 240);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Rows4(float* a, nint lda, float* b, float* c, int k, bool accumulate)
    {
        var a3 = a + (3 * lda);
        var twice = 2 * lda;
        Vector512<float> c0 = default, d0 = default;
        Vector512<float> c1 = default, d1 = default;
        Vector512<float> c2 = default, d2 = default;
        Vector512<float> c3 = default, d3 = default;
        if (accumulate)
        {
            (c0, d0) = (Vector512.Load(c), Vector512.Load(c + 16));
            (c1, d1) = (Vector512.Load(c + 32), Vector512.Load(c + 48));
            (c2, d2) = (Vector512.Load(c + 64), Vector512.Load(c + 80));
            (c3, d3) = (Vector512.Load(c + 96), Vector512.Load(c + 112));
        }

        for (; k > 0; k--)
        {
            var (p, q) = (Vector512.Load(b), Vector512.Load(b + 16));
            var x0 = Vector512.Create(*a);
            c0 = Avx512F.FusedMultiplyAdd(x0, p, c0);
            d0 = Avx512F.FusedMultiplyAdd(x0, q, d0);
            var x1 = Vector512.Create(a[lda]);
            c1 = Avx512F.FusedMultiplyAdd(x1, p, c1);
            d1 = Avx512F.FusedMultiplyAdd(x1, q, d1);
            var x2 = Vector512.Create(a[twice]);
            c2 = Avx512F.FusedMultiplyAdd(x2, p, c2);
            d2 = Avx512F.FusedMultiplyAdd(x2, q, d2);
            var x3 = Vector512.Create(*a3);
            c3 = Avx512F.FusedMultiplyAdd(x3, p, c3);
            d3 = Avx512F.FusedMultiplyAdd(x3, q, d3);
            a++;
            a3++;
            b += 32;
        }

        c0.Store(c);
        d0.Store(c + 16);
        c1.Store(c + 32);
        d1.Store(c + 48);
        c2.Store(c + 64);
        d2.Store(c + 80);
        c3.Store(c + 96);
        d3.Store(c + 112);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Rows1(float* a, float* b, float* c, int k, bool accumulate)
    {
        Vector512<float> c0 = default, d0 = default;
        if (accumulate)
        {
            (c0, d0) = (Vector512.Load(c), Vector512.Load(c + 16));
        }

        for (; k > 0; k--)
        {
            var x = Vector512.Create(*a);
            c0 = Avx512F.FusedMultiplyAdd(x, Vector512.Load(b), c0);
            d0 = Avx512F.FusedMultiplyAdd(x, Vector512.Load(b + 16), d0);
            a++;
            b += 32;
        }

        c0.Store(c);
        d0.Store(c + 16);
    }
}
