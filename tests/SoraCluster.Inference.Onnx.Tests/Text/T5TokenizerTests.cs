using System.Text.Json;
using SoraCluster.Diffusion.Packs;
using SoraCluster.Inference.Onnx.Text;

namespace SoraCluster.Inference.Onnx.Tests.Text;

/// <summary>The vectors are SentencePiece's own (record_tokens.py).</summary>
public class T5TokenizerTests
{
    private const int End = 1;

    public static TheoryData<string, string> Texts
    {
        get
        {
            var texts = new TheoryData<string, string>();
            foreach (var model in Models())
            {
                foreach (var each in model.GetProperty("texts").EnumerateArray())
                {
                    texts.Add(model.GetProperty("model").GetString()!, each.GetProperty("text").GetString()!);
                }
            }

            return texts;
        }
    }

    [Theory]
    [MemberData(nameof(Texts))]
    public void Tokenize_LikeSentencePiece_GivesTheSameIds(string model, string text)
    {
        var recorded = Models().Single(each => each.GetProperty("model").GetString() == model).GetProperty("texts").EnumerateArray()
            .Single(each => each.GetProperty("text").GetString() == text);
        var ids = recorded.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32());

        var prompt = Open(model, 512).Tokenize(text);

        Assert.Equal([.. ids, End], prompt.Ids);
        Assert.False(prompt.Truncated);
        Assert.Empty(prompt.UnknownWords);
    }

    [Fact]
    public void Tokenize_TooLong_IsCutBeforeTheEndMark()
    {
        var whole = Open("spiece.model", 512).Tokenize("a red ball bounces on the beach").Ids;

        var cut = Open("spiece.model", 8).Tokenize("a red ball bounces on the beach");

        Assert.True(cut.Truncated);
        Assert.Equal([.. whole.Take(7), End], cut.Ids);
        Assert.Equal(8, Open("spiece.model", 8).MaxLength);
        Assert.False(Open("spiece.model", whole.Count).Tokenize("a red ball bounces on the beach").Truncated);
    }

    [Fact]
    public void Tokenize_Entities_AreResolvedTwice() =>
        Assert.Equal(Open("spiece.model", 64).Tokenize("a cat & a cat").Ids, Open("spiece.model", 64).Tokenize(" a&nbsp;cat\n&amp;amp; a  cat").Ids);

    [Fact]
    public void Open_AnotherClass_IsNoneOfIts() =>
        Assert.Null(new SentencePieceTokenizers().Open("CLIPTokenizer", [], 77));

    [Theory]
    [InlineData("""{"version": "1.0", "model": {"type": "Unigram"}}""")]
    [InlineData("not a model")]
    [InlineData("")]
    public void Open_NotASentencePieceModel_IsRefused(string content) => Assert.StartsWith(
        "a SentencePiece model",
        Assert.Throws<InvalidDataException>(() => new SentencePieceTokenizers().Open("T5TokenizerFast", System.Text.Encoding.UTF8.GetBytes(content), 8)).Message,
        StringComparison.Ordinal);

    internal static byte[] Resource(string name)
    {
        using var stream = typeof(T5TokenizerTests).Assembly.GetManifestResourceStream(name)!;
        using var memory = new MemoryStream();
        stream.CopyTo(memory);
        return memory.ToArray();
    }

    private static ITokenizer Open(string model, int maxLength) => new SentencePieceTokenizers().Open("T5TokenizerFast", Resource(model), maxLength)!;

    private static IEnumerable<JsonElement> Models() => JsonDocument.Parse(Resource("tokens.json")).RootElement.GetProperty("models").EnumerateArray();
}
