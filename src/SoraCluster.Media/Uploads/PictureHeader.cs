using System.Buffers.Binary;

namespace SoraCluster.Media;

/// <summary>
/// The size of a picture as its header gives it, read without a decoder: how much memory a file would ask for is known before
/// anything asks for it. PNG: W3C PNG 11.2.2; JPEG: ITU T.81 B.2.2; WebP: RFC 9649 2.5 to 2.7.
/// </summary>
internal static class PictureHeader
{
    /// <summary>More segments than any camera writes before the picture.</summary>
    private const int MaxSegments = 4096;

    /// <returns>Width and height in pixels; null when there is no header that can be read.</returns>
    public static async Task<(int Width, int Height)?> ReadAsync(Stream file, CancellationToken cancellation)
    {
        var head = new byte[30];
        if (await file.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, cancellation) < head.Length)
        {
            return null;
        }

        return head[0] switch
        {
            0xFF => await JpegAsync(file, cancellation),
            0x89 => Png(head),
            _ => WebP(head),
        };
    }

    private static (int, int)? Png(ReadOnlySpan<byte> head) => head[12..16].SequenceEqual("IHDR"u8)
        ? Positive(BinaryPrimitives.ReadInt32BigEndian(head[16..]), BinaryPrimitives.ReadInt32BigEndian(head[20..]))
        : null;

    private static (int, int)? WebP(ReadOnlySpan<byte> head)
    {
        var chunk = head[12..16];
        if (chunk.SequenceEqual("VP8X"u8))
        {
            return (1 + Int24(head[24..]), 1 + Int24(head[27..]));
        }

        if (chunk.SequenceEqual("VP8L"u8))
        {
            var bits = BinaryPrimitives.ReadUInt32LittleEndian(head[21..]);
            return (1 + (int)(bits & 0x3FFF), 1 + (int)(bits >> 14 & 0x3FFF));
        }

        const int SizeBits = 0x3FFF; // the other two are a scale for display
        return chunk.SequenceEqual("VP8 "u8)
            ? Positive(BinaryPrimitives.ReadUInt16LittleEndian(head[26..]) & SizeBits, BinaryPrimitives.ReadUInt16LittleEndian(head[28..]) & SizeBits)
            : null;
    }

    /// <summary>Goes from segment to segment up to the first frame header, which comes before any coded picture.</summary>
    private static async Task<(int, int)?> JpegAsync(Stream file, CancellationToken cancellation)
    {
        var segment = new byte[9];
        file.Position = 2;
        for (var i = 0; i < MaxSegments; i++)
        {
            if (await file.ReadAtLeastAsync(segment, segment.Length, throwOnEndOfStream: false, cancellation) < segment.Length || segment[0] != 0xFF)
            {
                return null;
            }

            var length = BinaryPrimitives.ReadUInt16BigEndian(segment.AsSpan(2));
            switch (segment[1])
            {
                case 0xFF: // a fill byte
                    file.Position -= segment.Length - 1;
                    break;
                case >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC):
                    return Positive(BinaryPrimitives.ReadUInt16BigEndian(segment.AsSpan(7)), BinaryPrimitives.ReadUInt16BigEndian(segment.AsSpan(5)));
                case 0xDA or 0xD9:
                    return null;
                default:
                    file.Position += length + 2 - segment.Length;
                    break;
            }
        }

        return null;
    }

    private static (int, int)? Positive(int width, int height) => width > 0 && height > 0 ? (width, height) : null;

    private static int Int24(ReadOnlySpan<byte> bytes) => bytes[0] | bytes[1] << 8 | bytes[2] << 16;
}
