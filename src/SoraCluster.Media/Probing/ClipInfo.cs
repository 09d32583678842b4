namespace SoraCluster.Media;

/// <summary>What a media file says of itself.</summary>
/// <param name="Path">The file.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Format">Container as ffprobe names it, e.g. <c>mov,mp4,m4a,3gp,3g2,mj2</c>.</param>
/// <param name="Duration">Zero when the file does not say.</param>
/// <param name="Picture">The first moving picture, if any.</param>
/// <param name="Sound">The first sound track, if any.</param>
/// <param name="Tags">Container metadata, keys in lower case.</param>
public sealed record ClipInfo(
    string Path,
    long Bytes,
    string Format,
    TimeSpan Duration,
    PictureInfo? Picture,
    SoundInfo? Sound,
    IReadOnlyDictionary<string, string> Tags);
