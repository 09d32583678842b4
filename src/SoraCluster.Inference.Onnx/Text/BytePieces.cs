using System.Globalization;
using Google.Protobuf;

namespace SoraCluster.Inference.Onnx.Text;

/// <summary>The pieces of a SentencePiece model that stand for one byte each, for characters that it does not know (sentencepiece_model.proto).</summary>
internal static class BytePieces
{
    private const uint Pieces = (1 << 3) | 2;
    private const uint PieceText = (1 << 3) | 2;
    private const uint PieceType = 3 << 3;
    private const int ByteType = 6;

    /// <summary>The ids of the 256 bytes; null when the model does not fall back to bytes.</summary>
    /// <exception cref="InvalidProtocolBufferException">This is no such file.</exception>
    /// <exception cref="ArgumentException">It has no pieces, or some bytes only.</exception>
    public static int[]? Read(byte[] file)
    {
        var ids = Enumerable.Repeat(-1, 256).ToArray();
        var input = new CodedInputStream(file);
        var count = 0;
        for (uint tag; (tag = input.ReadTag()) != 0;)
        {
            if (tag != Pieces)
            {
                input.SkipLastField();
                continue;
            }

            if (ByteOf(input.ReadBytes().CreateCodedInput()) is { } value)
            {
                ids[value] = count;
            }

            count++;
        }

        if (count == 0)
        {
            throw new ArgumentException("it has no pieces");
        }

        return ids.All(id => id < 0) ? null
            : ids.All(id => id >= 0) ? ids
            : throw new ArgumentException("it has pieces for some bytes, but not for all");
    }

    /// <summary>The byte of a piece <c>&lt;0xNN&gt;</c> of the type for that.</summary>
    private static byte? ByteOf(CodedInputStream piece)
    {
        var (text, type) = ("", 0);
        for (uint tag; (tag = piece.ReadTag()) != 0;)
        {
            switch (tag)
            {
                case PieceText: text = piece.ReadString(); break;
                case PieceType: type = piece.ReadEnum(); break;
                default: piece.SkipLastField(); break;
            }
        }

        return type == ByteType && text is ['<', '0', 'x', .. var hex, '>']
            && byte.TryParse(hex, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value) ? value : null;
    }
}
