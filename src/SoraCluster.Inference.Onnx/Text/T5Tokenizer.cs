using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.ML.Tokenizers;
using SoraCluster.Diffusion.Packs;

namespace SoraCluster.Inference.Onnx.Text;

/// <summary>
/// T5's tokens: SentencePiece (unigram), then the end mark. As diffusers' <c>WanPipeline</c> does, HTML entities are resolved and white space is
/// joined before; it also repairs mis-decoded text (ftfy), which this does not.
/// </summary>
/// <param name="pieces">The model, which gives each unknown character as one unknown piece.</param>
/// <param name="bytePieces">The ids of the 256 bytes, for models that spell unknown characters with them.</param>
/// <param name="maxLength">The most ids of a prompt, the end mark included.</param>
internal sealed partial class T5Tokenizer(SentencePieceTokenizer pieces, int[]? bytePieces, int maxLength) : ITokenizer
{
    public int MaxLength => maxLength;

    public TokenizedPrompt Tokenize(string text)
    {
        var clean = WhiteSpace().Replace(WebUtility.HtmlDecode(WebUtility.HtmlDecode(text)), " ").Trim();
        var ids = new List<int>(maxLength);
        foreach (var token in pieces.EncodeToTokens(clean, out _))
        {
            if (token.Id != pieces.UnknownId)
            {
                ids.Add(token.Id);
            }
            else if (bytePieces is not null)
            {
                ids.AddRange(Encoding.UTF8.GetBytes(token.Value).Select(value => bytePieces[value]));
            }
            else if (ids.Count == 0 || ids[^1] != token.Id)
            {
                ids.Add(token.Id); // one for a run of them
            }
        }

        var truncated = ids.Count > maxLength - 1;
        if (truncated)
        {
            ids.RemoveRange(maxLength - 1, ids.Count - (maxLength - 1));
        }

        ids.Add(pieces.EndOfSentenceId);
        return new TokenizedPrompt(ids, [], truncated);
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex WhiteSpace();
}
