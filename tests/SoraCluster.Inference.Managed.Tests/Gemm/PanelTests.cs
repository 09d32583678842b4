using SoraCluster.Diffusion.Latents;
using SoraCluster.Inference.Managed.Simd;

namespace SoraCluster.Inference.Managed.Tests.Gemm;

public class PanelTests
{
    [Fact]
    public void MultiplyPanel_AnyRowsAndDepth_IsTheChainOfFusedMultiplyAdds() => Widths.ForEach(new AllSizes());

    [Fact]
    public void MultiplyPanel_OverlappingRows_ReadsThem() => Widths.ForEach(new Overlapping());

    private static float[] Noise(int length, uint stream)
    {
        var values = new float[length];
        PhiloxNoise.Fill(values, 1, stream, 0);
        return values;
    }

    private static unsafe void Check<T>(int rows, int k, int lda, bool accumulate)
        where T : struct, ILanes<T>
    {
        var (a, b, c) = (Noise(((rows - 1) * lda) + k, 1), Noise(k * 32, 2), Noise(rows * 32, 3));
        var expected = new float[rows * 32];
        for (var row = 0; row < rows; row++)
        {
            for (var column = 0; column < 32; column++)
            {
                var sum = accumulate ? c[(row * 32) + column] : 0f;
                for (var i = 0; i < k; i++)
                {
                    sum = MathF.FusedMultiplyAdd(a[(row * lda) + i], b[(i * 32) + column], sum);
                }

                expected[(row * 32) + column] = sum;
            }
        }

        fixed (float* pa = a, pb = b, pc = c)
        {
            T.MultiplyPanel(rows, pa, lda, pb, pc, k, accumulate);
        }

        Assert.True(
            c.Select(BitConverter.SingleToUInt32Bits).SequenceEqual(expected.Select(BitConverter.SingleToUInt32Bits)),
            $"{T.Width}: {rows} rows, k {k}, lda {lda}, accumulate {accumulate}");
    }

    private sealed class AllSizes : IWidthTest
    {
        public void Run<T>()
            where T : struct, ILanes<T>
        {
            for (var rows = 1; rows <= 29; rows++)
            {
                foreach (var k in new[] { 1, 2, 31, 96 })
                {
                    Check<T>(rows, k, k + 3, rows % 2 == 0);
                }
            }
        }
    }

    private sealed class Overlapping : IWidthTest
    {
        public void Run<T>()
            where T : struct, ILanes<T>
        {
            Check<T>(12, 18, 6, false);
            Check<T>(1, 7, 0, true);
        }
    }
}
