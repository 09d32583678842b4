namespace SoraCluster.Inference.Managed.Autoencoder;

/// <summary>
/// An image [height, width, channels] with a border of zeros one pixel wide, so that a 3x3 convolution reads its neighbours without asking where
/// the edge is: for each row of the kernel, three neighbouring pixels are one contiguous run.
/// </summary>
internal sealed unsafe class PaddedImage(int height, int width, int channels)
{
    private readonly AlignedBuffer buffer = new((height + 2) * (width + 2) * channels);

    public int Height { get; } = height;

    public int Width { get; } = width;

    public int Channels { get; } = channels;

    /// <summary>The first channel of a pixel; -1 and <see cref="Height"/> or <see cref="Width"/> are the border.</summary>
    public float* Pixel(int y, int x) => buffer.Pointer + (((((nint)y + 1) * (Width + 2)) + x + 1) * Channels);
}
