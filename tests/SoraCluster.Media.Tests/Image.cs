namespace SoraCluster.Media.Tests;

/// <summary>Decoded RGB24 frames, to ask what is where.</summary>
public sealed record Image(byte[] Rgb, int Width, int Height)
{
    public int FrameCount => Rgb.Length / (Width * Height * 3);

    public (byte R, byte G, byte B) At(int x, int y, int frame = 0)
    {
        var i = ((((frame * Height) + y) * Width) + x) * 3;
        return (Rgb[i], Rgb[i + 1], Rgb[i + 2]);
    }

    /// <summary>The greys (mean of R, G, B) of a rectangle.</summary>
    public double[] Greys(int left, int top, int width, int height, int frame = 0) =>
    [
        .. from y in Enumerable.Range(top, height)
           from x in Enumerable.Range(left, width)
           let p = At(x, y, frame)
           select (p.R + p.G + p.B) / 3.0,
    ];

    public void AssertNear((byte R, byte G, byte B) expected, int x, int y, int frame = 0, int tolerance = 6)
    {
        var p = At(x, y, frame);
        int[] off = [p.R - expected.R, p.G - expected.G, p.B - expected.B];
        Assert.True(
            off.All(difference => Math.Abs(difference) <= tolerance),
            $"Pixel {x},{y} of frame {frame} is {p}; {expected} was expected.");
    }
}
