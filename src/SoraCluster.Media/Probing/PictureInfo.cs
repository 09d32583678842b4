namespace SoraCluster.Media;

/// <param name="Codec">E.g. <c>h264</c>.</param>
/// <param name="PixelFormat">E.g. <c>yuv420p</c>.</param>
/// <param name="Width">Pixels.</param>
/// <param name="Height">Pixels.</param>
/// <param name="FramesPerSecond">Average; 0 when the file does not say.</param>
/// <param name="FrameCount">Null when the container does not count them.</param>
/// <param name="Duration">Zero when the file does not say.</param>
/// <param name="ColorSpace">E.g. <c>bt709</c>; null when untagged.</param>
public sealed record PictureInfo(
    string Codec,
    string PixelFormat,
    int Width,
    int Height,
    double FramesPerSecond,
    long? FrameCount,
    TimeSpan Duration,
    string? ColorSpace);
