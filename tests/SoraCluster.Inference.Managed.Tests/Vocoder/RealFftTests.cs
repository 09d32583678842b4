using SoraCluster.Diffusion.Latents;
using SoraCluster.Inference.Managed.Simd;
using SoraCluster.Inference.Managed.Vocoder;

namespace SoraCluster.Inference.Managed.Tests.Vocoder;

public class RealFftTests
{
    [Theory]
    [InlineData(4)]
    [InlineData(64)]
    [InlineData(512)]
    public void Forward_SixteenSignals_IsTheFourierTransformOfEach(int length) => Widths.ForEach(new AgainstTheSum(length));

    private sealed class AgainstTheSum(int length) : IWidthTest
    {
        public unsafe void Run<T>()
            where T : struct, ILanes<T>
        {
            var bins = (length / 2) + 1;
            var (samples, back) = (new AlignedBuffer(length * 16), new AlignedBuffer(length * 16));
            var (re, im) = (new AlignedBuffer(bins * 16), new AlignedBuffer(bins * 16));
            PhiloxNoise.Fill(samples.Span, 2, 0, 0);
            var fft = new RealFft<T>(length);
            fft.Forward(samples.Pointer, re.Pointer, im.Pointer);
            foreach (var lane in new[] { 0, 7, 15 })
            {
                for (var k = 0; k < bins; k += Math.Max(1, bins / 20))
                {
                    double sumRe = 0, sumIm = 0;
                    for (var n = 0; n < length; n++)
                    {
                        var angle = -2 * Math.PI * k * n / length;
                        sumRe += samples.Span[(n * 16) + lane] * Math.Cos(angle);
                        sumIm += samples.Span[(n * 16) + lane] * Math.Sin(angle);
                    }

                    Assert.Equal(sumRe, re.Span[(k * 16) + lane], 1e-4);
                    Assert.Equal(sumIm, im.Span[(k * 16) + lane], 1e-4);
                }
            }

            fft.Inverse(re.Pointer, im.Pointer, back.Pointer);
            for (var i = 0; i < length * 16; i++)
            {
                Assert.Equal(samples.Span[i], back.Span[i], 1e-5f);
            }
        }
    }
}
