using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using SoraCluster.Inference.Managed;
using SoraCluster.Inference.Managed.Gemm;
using SoraCluster.Inference.Managed.Simd;

namespace SoraCluster.Bench.Executor;

/// <summary>What the executor is measured against. Each returns the floating-point operations that it did.</summary>
internal static unsafe class Ceilings
{
    /// <summary>Fused multiply-adds on registers, nothing else: what the processor can do at all.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double Registers(int repeats)
    {
        if (!Avx512F.IsSupported)
        {
            return Registers256(repeats);
        }

        var (x, y) = (Vector512.Create(0.999f), Vector512.Create(0.001f));
        Vector512<float> a = x, b = x, c = x, d = x, e = x, f = x, g = x, h = x, i = x, j = x, k = x, l = x;
        for (var n = 0; n < repeats; n++)
        {
            a = Avx512F.FusedMultiplyAdd(a, x, y);
            b = Avx512F.FusedMultiplyAdd(b, x, y);
            c = Avx512F.FusedMultiplyAdd(c, x, y);
            d = Avx512F.FusedMultiplyAdd(d, x, y);
            e = Avx512F.FusedMultiplyAdd(e, x, y);
            f = Avx512F.FusedMultiplyAdd(f, x, y);
            g = Avx512F.FusedMultiplyAdd(g, x, y);
            h = Avx512F.FusedMultiplyAdd(h, x, y);
            i = Avx512F.FusedMultiplyAdd(i, x, y);
            j = Avx512F.FusedMultiplyAdd(j, x, y);
            k = Avx512F.FusedMultiplyAdd(k, x, y);
            l = Avx512F.FusedMultiplyAdd(l, x, y);
        }

        Keep(Vector512.Sum(a + b + c + d + e + f + g + h + i + j + k + l));
        return 2.0 * 16 * 12 * repeats;
    }

    /// <summary>
    /// A bare product [192, 192] x [192, 768] by the same register-blocked kernel: packed panels in the second-level cache, no bias, no activation, no
    /// neighbours.
    /// </summary>
    public sealed class BareGemm<T>
        where T : struct, ILanes<T>
    {
        private const int Rows = 192;
        private const int Inner = 192;
        private const int Panels = 24;

        private readonly AlignedBuffer a = new(Rows * Inner);
        private readonly AlignedBuffer b = new(Inner * Panels * PackedMatrix.PanelWidth);
        private readonly AlignedBuffer c = new(MatMul.Scratch);

        public BareGemm()
        {
            a.Span.Fill(0.5f);
            b.Span.Fill(0.25f);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public double Run(int repeats)
        {
            for (var n = 0; n < repeats; n++)
            {
                for (var panel = 0; panel < Panels; panel++)
                {
                    for (var row = 0; row < Rows; row += MatMul.TileRows)
                    {
                        T.MultiplyPanel(
                            MatMul.TileRows, a.Pointer + (row * Inner), Inner, b.Pointer + (panel * Inner * PackedMatrix.PanelWidth),
                            c.Pointer, Inner, accumulate: false);
                    }
                }
            }

            return 2.0 * Rows * Inner * Panels * PackedMatrix.PanelWidth * repeats;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static double Registers256(int repeats)
    {
        if (!Fma.IsSupported)
        {
            return double.NaN;
        }

        var (x, y) = (Vector256.Create(0.999f), Vector256.Create(0.001f));
        Vector256<float> a = x, b = x, c = x, d = x, e = x, f = x, g = x, h = x, i = x, j = x, k = x, l = x;
        for (var n = 0; n < repeats; n++)
        {
            a = Fma.MultiplyAdd(a, x, y);
            b = Fma.MultiplyAdd(b, x, y);
            c = Fma.MultiplyAdd(c, x, y);
            d = Fma.MultiplyAdd(d, x, y);
            e = Fma.MultiplyAdd(e, x, y);
            f = Fma.MultiplyAdd(f, x, y);
            g = Fma.MultiplyAdd(g, x, y);
            h = Fma.MultiplyAdd(h, x, y);
            i = Fma.MultiplyAdd(i, x, y);
            j = Fma.MultiplyAdd(j, x, y);
            k = Fma.MultiplyAdd(k, x, y);
            l = Fma.MultiplyAdd(l, x, y);
        }

        Keep(Vector256.Sum(a + b + c + d + e + f + g + h + i + j + k + l));
        return 2.0 * 8 * 12 * repeats;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Keep(float value) => GC.KeepAlive(value > 0 ? null : string.Empty);
}
