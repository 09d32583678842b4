namespace SoraCluster.Media;

/// <summary>Where the still images of a clip go, as JPEG with its mark and label. Their folders must exist.</summary>
/// <param name="Thumbnail">The middle frame at full size.</param>
/// <param name="SpriteSheet">
/// Frames evenly spaced over the clip, see <see cref="SpriteLayout"/>; with one more mark of a readable size in its own corner.
/// </param>
public sealed record ClipStills(string Thumbnail, string SpriteSheet);
