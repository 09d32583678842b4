namespace SoraCluster.Media;

/// <summary>A kind of file that can be taken in, told by its first bytes: neither its name nor the type that a client gives is believed.</summary>
/// <param name="Demuxer">ffmpeg's reader for it. It is named, not guessed, so that a file is never read as anything else.</param>
/// <param name="Decoders">The decoders that may look at what is in it, ffmpeg's names.</param>
internal sealed record UploadFormat(UploadKind Kind, string Demuxer, string Decoders)
{
    private const string ClipDecoders =
        "h264,hevc,mpeg4,vp8,vp9,libdav1d,libaom-av1,av1,aac,mp3float,mp3,opus,vorbis,alac,ac3,pcm_s16le,pcm_s24le";

    /// <summary>Bytes that are looked at.</summary>
    public const int HeadLength = 16;

    private static readonly UploadFormat Jpeg = new(UploadKind.Picture, "jpeg_pipe", "mjpeg");
    private static readonly UploadFormat Png = new(UploadKind.Picture, "png_pipe", "png");
    private static readonly UploadFormat WebP = new(UploadKind.Picture, "webp_pipe", "webp");
    private static readonly UploadFormat Mp4 = new(UploadKind.Clip, "mov", ClipDecoders);
    private static readonly UploadFormat WebM = new(UploadKind.Clip, "matroska", ClipDecoders);

    /// <summary>Null when it is none of them.</summary>
    public static UploadFormat? Of(ReadOnlySpan<byte> head) => head switch
    {
        [0xFF, 0xD8, 0xFF, ..] => Jpeg,
        [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A, ..] => Png,
        [(byte)'R', (byte)'I', (byte)'F', (byte)'F', _, _, _, _, (byte)'W', (byte)'E', (byte)'B', (byte)'P', ..] => WebP,
        [_, _, _, _, (byte)'f', (byte)'t', (byte)'y', (byte)'p', ..] => Mp4,
        [0x1A, 0x45, 0xDF, 0xA3, ..] => WebM,
        _ => null,
    };
}
