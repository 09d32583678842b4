using SoraCluster.Diffusion.Latents;
using SoraCluster.Diffusion.Safetensors;
using SoraCluster.Inference.Managed.Autoencoder;
using SoraCluster.Inference.Managed.Gemm;
using SoraCluster.Inference.Managed.Simd;

namespace SoraCluster.Inference.Managed.Tests.Autoencoder;

public class ConvLayerTests
{
    [Theory]
    [InlineData(3, 5, 7, 3, 9, 1, 1, false)]
    [InlineData(3, 9, 13, 6, 40, 2, 1, false)]
    [InlineData(3, 8, 8, 16, 12, 2, 1, true)]
    [InlineData(1, 8, 8, 5, 33, 1, 1, true)]
    [InlineData(3, 8, 8, 5, 33, 1, 2, true)]
    [InlineData(3, 26, 28, 3, 8, 1, 2, false)]
    public void Run_AnyShape_IsTheConvolutionThatPyTorchDefines(
        int kernel, int height, int width, int inputs, int outputs, int shuffle, int stride, bool activate) =>
        Widths.ForEach(new Case(kernel, height, width, inputs, outputs, shuffle, stride, activate));

    [Fact]
    public void Run_SeveralIntoOne_PutsTheirChannelsSideBySide() => Widths.ForEach(new JoinCase());

    private sealed class JoinCase : IWidthTest
    {
        public unsafe void Run<T>()
            where T : struct, ILanes<T>
        {
            var matrix = Case.Pack(Case.Noise(40 * 3, 1), Case.Noise(40, 2), 40, 3, 1, 1);
            PaddedImage[] images = [new(4, 4, 3), new(4, 4, 3), new(4, 4, 3)];
            PaddedImage[] apart = [new(4, 4, 40), new(4, 4, 40), new(4, 4, 40)], joined = [new(4, 4, 120)];
            for (var i = 0; i < 3 * 16 * 3; i++)
            {
                images[i / 48].Pixel(i / 12 % 4, i / 3 % 4)[i % 3] = i % 17;
            }

            var tile = new AlignedBuffer(MatMul.Scratch);
            new ConvLayer<T>(matrix, 1, false, images, apart).Run(0, 1, tile.Pointer);
            new ConvLayer<T>(matrix, 1, false, images, joined).Run(0, 1, tile.Pointer);
            for (var i = 0; i < 3 * 16 * 40; i++)
            {
                var (image, pixel, channel) = (i / 640, i / 40 % 16, i % 40);
                Assert.Equal(apart[image].Pixel(pixel / 4, pixel % 4)[channel], joined[0].Pixel(pixel / 4, pixel % 4)[(image * 40) + channel]);
            }
        }
    }

    private sealed class Case(int kernel, int height, int width, int inputs, int outputs, int shuffle, int stride, bool activate) : IWidthTest
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

            var (tall, wide) = (height / stride, width / stride);
            var result = new PaddedImage(tall * shuffle, wide * shuffle, outputs / (shuffle * shuffle));
            var layer = new ConvLayer<T>(Pack(weight, bias, outputs, inputs, kernel, shuffle), kernel, activate, [image], [result], stride);
            var tile = new AlignedBuffer(MatMul.Scratch);
            for (var worker = 0; worker < 3; worker++)
            {
                layer.Run(worker, 3, tile.Pointer);
            }

            for (var n = 0; n < outputs; n++)
            {
                for (var pixel = 0; pixel < tall * wide; pixel++)
                {
                    Check<T>(weight, bias, pixels, result, n, pixel / wide, pixel % wide);
                }
            }
        }

        public static PackedMatrix Pack(float[] weight, float[] bias, int outputs, int inputs, int kernel, int shuffle)
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
                var (sy, sx) = ((y * stride) + (tap / kernel) - margin, (x * stride) + (tap % kernel) - margin);
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

        public static float[] Noise(int length, uint stream)
        {
            var values = new float[length];
            PhiloxNoise.Fill(values, 6, stream, 0);
            return values;
        }
    }
}
