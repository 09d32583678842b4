namespace SoraCluster.Media;

/// <summary>What a clip is made from and what it becomes.</summary>
/// <param name="SourceWidth">Pixels of a frame as it is given, 1 to 8192.</param>
/// <param name="SourceHeight">Pixels of a frame as it is given, 1 to 8192.</param>
/// <param name="Width">Pixels of the finished clip: even, 64 to 4096.</param>
/// <param name="Height">Pixels of the finished clip: even, 64 to 4096.</param>
/// <param name="FramesPerSecond">1 to 120.</param>
/// <param name="FrameCount">How many frames will come, 1 to 1,000,000; the clip lasts exactly this by the rate.</param>
public sealed record ClipSpec(int SourceWidth, int SourceHeight, int Width, int Height, int FramesPerSecond, int FrameCount)
{
    /// <summary>Bytes of one RGB24 source frame.</summary>
    public int FrameBytes => SourceWidth * SourceHeight * 3;

    /// <summary>Rounded to .NET's ticks of 100 ns.</summary>
    public TimeSpan Duration => new(FrameCount * TimeSpan.TicksPerSecond / FramesPerSecond);

    /// <exception cref="MediaException"><see cref="MediaFailure.InvalidInput"/>, naming the value and its range.</exception>
    internal ClipSpec Checked()
    {
        Check(SourceWidth, 1, 8192, "source width");
        Check(SourceHeight, 1, 8192, "source height");
        Check(Width, 64, 4096, "width");
        Check(Height, 64, 4096, "height");
        Check(FramesPerSecond, 1, 120, "frame rate");
        Check(FrameCount, 1, 1_000_000, "number of frames");
        if (((Width | Height) & 1) != 0)
        {
            throw new MediaException(
                MediaFailure.InvalidInput,
                $"A clip of {Width}x{Height} cannot be made: H.264 4:2:0 needs an even width and height.");
        }

        return this;
    }

    /// <summary>Where the picture lies in the finished clip: as large as fits in its shape, centred, on even pixels.</summary>
    internal (int X, int Y, int Width, int Height) PictureArea()
    {
        var scale = Math.Min((double)Width / SourceWidth, (double)Height / SourceHeight);
        var width = Even(SourceWidth * scale, Width);
        var height = Even(SourceHeight * scale, Height);
        return ((Width - width) / 4 * 2, (Height - height) / 4 * 2, width, height);
    }

    internal static int Even(double pixels, int limit) => Math.Clamp((int)Math.Round(pixels / 2) * 2, 2, limit);

    private static void Check(int value, int least, int most, string what)
    {
        if (value < least || value > most)
        {
            throw new MediaException(
                MediaFailure.InvalidInput, $"A clip's {what} must be between {least} and {most}; {value} was asked for.");
        }
    }
}
