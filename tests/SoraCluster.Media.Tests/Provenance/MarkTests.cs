namespace SoraCluster.Media.Tests.Provenance;

public sealed class MarkTests : MediaLab
{
    [Theory]
    [InlineData(0)]
    [InlineData(255)]
    public async Task WriteAsync_BlackOrWhiteClip_CarriesAReadableMarkOnEveryFrame(byte grey)
    {
        var spec = new ClipSpec(32, 18, 640, 360, 8, 5);
        await Writer.WriteAsync(spec, Frames(spec, _ => (grey, grey, grey)), null, Target);

        var image = new Image(Decode(Target), 640, 360);
        var mark = Mark.For((0, 0, 640, 360));
        Assert.Equal(5, image.FrameCount);
        for (var frame = 0; frame < 5; frame++)
        {
            // Compared with what ought to be there: the plate and the letters over the flat ground.
            var seen = image.Greys(mark.X, mark.Y, mark.Width, mark.Height, frame);
            var expected = Enumerable.Range(0, seen.Length).Select(i => Blend(mark.Rgba, i, grey)).ToArray();
            Assert.InRange(seen.Zip(expected, (a, b) => Math.Abs(a - b)).Average(), 0, 8);

            // Letters stand out from their plate by much, and nothing is drawn elsewhere.
            Assert.InRange(seen.Max() - seen.Min(), 120, 255);
            double[] elsewhere =
            [
                .. image.Greys(0, 0, 640, mark.Y - 8, frame),
                .. image.Greys(0, mark.Y, mark.X - 8, mark.Height, frame),
            ];
            Assert.All(elsewhere, value => Assert.InRange(value, grey - 4, grey + 4));
        }
    }

    [Theory]
    [InlineData(1280, 720)]
    [InlineData(720, 1280)]
    [InlineData(1920, 1080)]
    [InlineData(256, 256)]
    [InlineData(64, 64)]
    [InlineData(4096, 64)]
    public void For_AnySize_IsSmallInsideThePictureAndOnEvenPixels(int width, int height)
    {
        var mark = Mark.For((0, 280, width, height));

        Assert.InRange(mark.X, 0, width - mark.Width);
        Assert.InRange(mark.Y, 280, 280 + height - mark.Height);
        Assert.InRange(mark.Width, 10, width / 2);
        Assert.Equal(0, (mark.X | mark.Y | mark.Width | mark.Height) & 1);
        Assert.Equal(mark.Width * mark.Height * 4, mark.Rgba.Length);
    }

    [Fact]
    public void For_LargerPicture_GrowsWithIt()
    {
        var (small, large) = (Mark.For((0, 0, 1280, 720)), Mark.For((0, 0, 2560, 1440)));

        Assert.Equal(2.0, (double)large.Width / small.Width, 0.05);
        Assert.Equal(2.0, (double)large.Height / small.Height, 0.1);
    }

    [Fact]
    public void For_BarsAroundThePicture_StaysInThePicture()
    {
        var spec = new ClipSpec(64, 64, 720, 1280, 8, 16);

        Assert.Equal((0, 280, 720, 720), spec.PictureArea());
        Assert.InRange(Mark.For(spec.PictureArea()).Y, 900, 980);
    }

    private static double Blend(byte[] rgba, int pixel, byte ground)
    {
        var alpha = rgba[(pixel * 4) + 3] / 255.0;
        return (rgba[pixel * 4] * alpha) + (ground * (1 - alpha));
    }
}
