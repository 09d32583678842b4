using Google.Protobuf;
using Microsoft.ML.Tokenizers;
using SoraCluster.Diffusion.Packs;

namespace SoraCluster.Inference.Onnx.Text;

/// <summary>
/// Classes <c>T5TokenizerFast</c> and <c>T5Tokenizer</c> of transformers, from their <c>spiece.model</c>. A <c>tokenizer.json</c> holds the same
/// vocabulary, but is not read.
/// </summary>
public sealed class SentencePieceTokenizers : ITokenizerFactory
{
    /// <summary>
    /// <c>trainer_spec { bos_id: 0, byte_fallback: false }</c>, to go at the file's end: protocol buffers merge a field that comes twice. T5's models
    /// have no mark for a beginning (<c>bos_id</c> -1), which Microsoft.ML.Tokenizers 2.0 takes for a place in the vocabulary; it is never used. And
    /// its unigram model counts bytes from the last byte's id instead of the first's, so <see cref="T5Tokenizer"/> does that itself.
    /// </summary>
    private static readonly byte[] Amendment = [0x12, 0x06, 0xC8, 0x02, 0x00, 0x98, 0x02, 0x00];

    /// <inheritdoc/>
    public ITokenizer? Open(string className, byte[] file, int maxLength)
    {
        if (className is not ("T5TokenizerFast" or "T5Tokenizer"))
        {
            return null;
        }

        try
        {
            var bytePieces = BytePieces.Read(file);
            using var stream = new MemoryStream([.. file, .. Amendment]);
            var pieces = SentencePieceTokenizer.Create(stream, addBeginningOfSentence: false, addEndOfSentence: false);
            return new T5Tokenizer(pieces, bytePieces, maxLength);
        }
        catch (Exception wrong) when (wrong is InvalidProtocolBufferException or ArgumentException)
        {
            throw new InvalidDataException($"a SentencePiece model ({wrong.Message.TrimEnd('.')})", wrong);
        }
    }
}
