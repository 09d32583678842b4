namespace SoraCluster.Diffusion;

/// <summary>A few consecutive picture frames.</summary>
/// <param name="Rgb">RGB24, <c>[Count, Height, Width, 3]</c>; valid until the next group is asked for.</param>
/// <param name="Count">Frames in the group.</param>
/// <param name="Height">Pixels.</param>
/// <param name="Width">Pixels.</param>
public sealed record VideoFrames(ReadOnlyMemory<byte> Rgb, int Count, int Height, int Width);
