namespace SoraCluster.Gateway.Requests;

/// <summary>Tells a file's type by its first bytes; the name and type that a client gives are not believed.</summary>
internal static class MediaSniffer
{
    /// <summary>Bytes needed to decide.</summary>
    public const int HeadLength = 16;

    public static MediaKind Sniff(ReadOnlySpan<byte> head) => head switch
    {
        [0xFF, 0xD8, 0xFF, ..] => MediaKind.Jpeg,
        [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A, ..] => MediaKind.Png,
        [(byte)'R', (byte)'I', (byte)'F', (byte)'F', _, _, _, _, (byte)'W', (byte)'E', (byte)'B', (byte)'P', ..] => MediaKind.WebP,
        [_, _, _, _, (byte)'f', (byte)'t', (byte)'y', (byte)'p', ..] => MediaKind.Mp4,
        [0x1A, 0x45, 0xDF, 0xA3, ..] => MediaKind.WebM,
        _ => MediaKind.Unknown,
    };

    public static bool IsImage(this MediaKind kind) => kind is MediaKind.Jpeg or MediaKind.Png or MediaKind.WebP;
}
