using SoraCluster.Diffusion.Latents;
using SoraCluster.Diffusion.Safetensors;
using SoraCluster.Inference.Managed.Decoder;
using SoraCluster.Inference.Managed.Gemm;
using SoraCluster.Inference.Managed.Simd;

namespace SoraCluster.Inference.Managed.Tests.Decoder;

public class ConvLayerTests
{
    [Theory]
    [InlineData(3, 5, 7, 3, 9, 1, false)]
    [InlineData(3, 9, 13, 6, 40, 2, false)]
    [InlineData(3, 8, 8, 16, 12, 2, true)]
    [InlineData(1, 8, 8, 5, 33, 1, true)]
    public void Run_AnyShape_IsTheConvolutionThatPyTorchDefines(
        int kernel, int height, int width, int inputs, int outputs, int shuffle, bool activate) =>
        Widths.ForEach(new Case(kernel, height, width, inputs, outputs, shuffle, activate));

    private sealed class Case(int kernel, int height, int width, int inputs, int outputs, int shuffle, bool activate) : IWidthTest
    {
        public unsafe void Run<T>()
            where T : struct, ILanes<T>
        {
            var weight = Noise(outputs * inputs * kernel * kernel, 1);
            var bias = Noise(outputs, 2);
            var image = new PaddedImage(height, width, inputs);
            var pixels = Noise(height * width * inputs, 3);
            for (var i = 0; i < pixels.Length; i++)
            {
                image.Pixel(i / inputs / width, i / inputs % width)[i % inputs] = pixels[i];
            }

            var result = new PaddedImage(height * shuffle, width * shuffle, outputs / (shuffle * shuffle));
            var layer = new ConvLayer<T>(Pack(weight, bias), kernel, activate, [image], [result]);
            var tile = new AlignedBuffer(MatMul.Scratch);
            for (var worker = 0; worker < 3; worker++)
            {
                layer.Run(worker, 3, tile.Pointer);
            }

            for (var n = 0; n < outputs; n++)
            {
                for (var pixel = 0; pixel < height * width; pixel++)
                {
                    Check<T>(weight, bias, pixels, result, n, pixel / width, pixel % width);
                }
            }
        }

        private PackedMatrix Pack(float[] weight, float[] bias)
        {
            using var stream = new MemoryStream();
            SafetensorsWriter.Write(stream, [new("c.weight", [outputs, inputs, kernel, kernel], weight), new("c.bias", [outputs], bias)]);
            return ConvWeights.Read(SafetensorsFile.Parse(stream.ToArray()), "c", shuffle);
        }

        private unsafe void Check<T>(float[] weight, float[] bias, float[] pixels, PaddedImage result, int n, int y, int x)
            where T : struct, ILanes<T>
        {
            double expected = bias[n];
            var margin = kernel / 2;
            for (var tap = 0; tap < kernel * kernel; tap++)
            {
                var (sy, sx) = (y + (tap / kernel) - margin, x + (tap % kernel) - margin);
                for (var c = 0; sy >= 0 && sy < height && sx >= 0 && sx < width && c < inputs; c++)
                {
                    expected += (double)weight[(((n * inputs) + c) * kernel * kernel) + tap] * pixels[(((sy * width) + sx) * inputs) + c];
                }
            }

            expected = activate ? expected / (1 + Math.Exp(-expected)) : expected;
            // torch.nn.PixelShuffle: output n = channel * r² + row * r + column.
            var (channel, place) = (n / (shuffle * shuffle), n % (shuffle * shuffle));
            var found = result.Pixel((y * shuffle) + (place / shuffle), (x * shuffle) + (place % shuffle))[channel];
            Assert.True(Math.Abs(expected - found) < 1e-4, $"{T.Width}: output {n} at {y}, {x}: {found} instead of {expected}");
        }

        private static float[] Noise(int length, uint stream)
        {
            var values = new float[length];
            PhiloxNoise.Fill(values, 6, stream, 0);
            return values;
        }
    }
}
