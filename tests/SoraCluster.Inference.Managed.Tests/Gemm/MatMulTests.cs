using SoraCluster.Diffusion.Latents;
using SoraCluster.Inference.Managed.Gemm;
using SoraCluster.Inference.Managed.Simd;

namespace SoraCluster.Inference.Managed.Tests.Gemm;

public class MatMulTests
{
    [Theory]
    [InlineData(1, 5, 3)]
    [InlineData(13, 40, 33)]
    [InlineData(24, 64, 96)]
    [InlineData(96, 17, 12)]
    public void Run_AnyShape_IsTheProductPlusBias(int rows, int inputs, int outputs) => Widths.ForEach(new Product(rows, inputs, outputs));

    [Fact]
    public void PackedMatrix_PaddingColumns_AreZero()
    {
        var matrix = new PackedMatrix(new float[] { 1, 2, 3, 4 }, [5, 6], 2);
        Assert.Equal(1, matrix.Panels);
        unsafe
        {
            Assert.Equal([1f, 3f, 0f], new ReadOnlySpan<float>(matrix.Panel(0), 3).ToArray());
            Assert.Equal([2f, 4f, 0f], new ReadOnlySpan<float>(matrix.Panel(0) + 32, 3).ToArray());
            Assert.Equal([5f, 6f, 0f], new ReadOnlySpan<float>(matrix.Bias, 3).ToArray());
            Assert.Equal(0, (nint)matrix.Panel(0) % 64);
        }
    }

    private sealed class Product(int rows, int inputs, int outputs) : IWidthTest
    {
        public unsafe void Run<T>()
            where T : struct, ILanes<T>
        {
            var (a, weight, bias) = (Noise(rows * inputs, 1), Noise(outputs * inputs, 2), Noise(outputs, 3));
            var matrix = new PackedMatrix(weight, bias, inputs);
            var stride = matrix.Panels * 32;
            var (c, scratch) = (new AlignedBuffer(rows * stride), new AlignedBuffer(MatMul.Scratch));
            fixed (float* pa = a)
            {
                MatMul.Run<T, StoreEpilogue<T>>(pa, inputs, rows, matrix, scratch.Pointer, new(c.Pointer, stride));
            }

            for (var row = 0; row < rows; row++)
            {
                for (var n = 0; n < outputs; n++)
                {
                    double expected = bias[n];
                    for (var k = 0; k < inputs; k++)
                    {
                        expected += (double)a[(row * inputs) + k] * weight[(n * inputs) + k];
                    }

                    Assert.Equal(expected, c.Span[(row * stride) + n], 1e-4);
                }
            }
        }

        private static float[] Noise(int length, uint stream)
        {
            var values = new float[length];
            PhiloxNoise.Fill(values, 4, stream, 0);
            return values;
        }
    }
}
