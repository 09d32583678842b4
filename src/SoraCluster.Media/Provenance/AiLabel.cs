using System.Buffers.Binary;
using System.Text;

namespace SoraCluster.Media;

/// <summary>The "AI generated" label in metadata: an XMP packet with the IPTC source type, and words for people.</summary>
public static class AiLabel
{
    /// <summary>IPTC's term for media made by a trained model (https://cv.iptc.org/newscodes/digitalsourcetype/).</summary>
    public const string DigitalSourceType = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia";

    /// <summary>The comment and description of every file.</summary>
    public const string Words = "AI-generated with SoraCluster. Digital source type: " + DigitalSourceType;

    // XMP specification part 3: the UUID box of ISO base media files, the APP1 signature of JPEG.
    private static readonly byte[] XmpBox = Convert.FromHexString("BE7ACFCB97A942E89C71999491E3AFAC");
    private static readonly byte[] XmpSegment = [.. "http://ns.adobe.com/xap/1.0/"u8, 0];

    private static readonly byte[] Packet = Encoding.UTF8.GetBytes(
        $"""
        <?xpacket begin="{'\uFEFF'}" id="W5M0MpCehiHzreSzNTczkc9d"?>
        <x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
        <rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"
         xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/">
        <Iptc4xmpExt:DigitalSourceType>{DigitalSourceType}</Iptc4xmpExt:DigitalSourceType>
        <dc:description><rdf:Alt><rdf:li xml:lang="x-default">{Words}</rdf:li></rdf:Alt></dc:description>
        </rdf:Description></rdf:RDF></x:xmpmeta>
        <?xpacket end="r"?>
        """.ReplaceLineEndings("\n"));

    /// <summary>
    /// Appends the packet to an MP4 as a box of its own, which moves no offset. On the way, checks what ffmpeg does not report:
    /// that the file is whole (its boxes fill it exactly) and can be played while it loads (the index comes first).
    /// </summary>
    /// <returns>False when the file is not such an MP4; nothing was written then.</returns>
    internal static bool TryAppendToMp4(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite);
        var header = new byte[16];
        var indexed = false;
        while (file.Position < file.Length)
        {
            var start = file.Position;
            var read = file.ReadAtLeast(header, 16, throwOnEndOfStream: false);
            long size = read < 8 ? 0 : BinaryPrimitives.ReadUInt32BigEndian(header);
            size = size == 1 && read == 16 ? BinaryPrimitives.ReadInt64BigEndian(header.AsSpan(8)) : size;
            var type = header.AsSpan(4, 4);
            if (size < 8 || size > file.Length - start || (type.SequenceEqual("mdat"u8) && !indexed))
            {
                return false;
            }

            indexed |= type.SequenceEqual("moov"u8);
            file.Position = start + size;
        }

        if (indexed)
        {
            BinaryPrimitives.WriteInt32BigEndian(header, 8 + XmpBox.Length + Packet.Length);
            "uuid"u8.CopyTo(header.AsSpan(4));
            file.Write([.. header.AsSpan(0, 8), .. XmpBox, .. Packet]);
        }

        return indexed;
    }

    /// <summary>A copy of a JPEG with the packet as its second segment, after JFIF's own.</summary>
    internal static byte[] LabelJpeg(ReadOnlySpan<byte> jpeg)
    {
        var at = jpeg is [_, _, 0xFF, 0xE0, ..] ? 4 + BinaryPrimitives.ReadUInt16BigEndian(jpeg[4..]) : 2;
        var length = 2 + XmpSegment.Length + Packet.Length;
        return [.. jpeg[..at], 0xFF, 0xE1, (byte)(length >> 8), (byte)length, .. XmpSegment, .. Packet, .. jpeg[at..]];
    }
}
