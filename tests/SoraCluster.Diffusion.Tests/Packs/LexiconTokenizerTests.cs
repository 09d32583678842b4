using SoraCluster.Diffusion.Packs;

namespace SoraCluster.Diffusion.Tests.Packs;

public class LexiconTokenizerTests
{
    private static readonly Lexicon Words = new(
        6, 0, ["<pad>", "red", "circle", "roll", "left", "bounce", "beach"],
        new()
        {
            ["red"] = ["red"],
            ["赤い"] = ["red"],
            ["赤"] = ["red"],
            ["真っ赤な"] = ["red"],
            ["ball"] = ["circle"],
            ["ボール"] = ["circle"],
            ["roll"] = ["roll"],
            ["rolls"] = ["roll"],
            ["rolls to the left"] = ["roll", "left"],
            ["t-ボール"] = ["circle"],
            ["弾む"] = ["bounce"],
            ["海辺"] = ["beach"],
            ["beach"] = ["beach"],
        },
        ["a", "the", "on", "が", "で", "to"]);

    private static readonly LexiconTokenizer Tokenizer = LexiconTokenizer.Create(Words, Refuse);

    [Theory]
    [InlineData("a red ball", new[] { 1, 2 }, "")]
    [InlineData("A RED BALL!", new[] { 1, 2 }, "")]
    [InlineData("赤いボールが海辺で弾む", new[] { 1, 2, 6, 5 }, "")]
    [InlineData("真っ赤なボール、ＢＥＡＣＨ", new[] { 1, 2, 6 }, "")]
    [InlineData("ﾎﾞｰﾙ", new[] { 2 }, "")]
    [InlineData("the ball rolls to the left", new[] { 2, 3, 4 }, "")]
    [InlineData("rolls  to\tthe left", new[] { 3, 4 }, "")]
    [InlineData("rolls to the leftmost", new[] { 3 }, "leftmost")]
    [InlineData("redder red-ball credit", new[] { 1 }, "redder,-ball,credit")]
    [InlineData("xt-ボール t-ボール", new[] { 2, 2 }, "xt-")]
    [InlineData("ball赤ball", new[] { 2, 1, 2 }, "")]
    [InlineData("緑色の赤いボール", new[] { 1, 2 }, "緑色の")]
    [InlineData("a unicorn's dream, unicorn's", new int[0], "unicorn's,dream")]
    [InlineData("🦄 red 🦄", new[] { 1 }, "")]
    [InlineData("", new int[0], "")]
    [InlineData("\0\u0001\u0007", new int[0], "")]
    [InlineData("\ud800 red \udc00", new[] { 1 }, "")]
    public void Tokenize_Text_GivesConceptsAndReportsTheRest(string text, int[] ids, string unknown)
    {
        var prompt = Tokenizer.Tokenize(text);

        Assert.Equal(ids, prompt.Ids);
        Assert.Equal(unknown, string.Join(',', prompt.UnknownWords));
        Assert.False(prompt.Truncated);
    }

    [Theory]
    [InlineData("red red red red red red", 6, false)]
    [InlineData("red red red red red red red", 6, true)]
    [InlineData("red red red red red rolls to the left", 6, true)]
    [InlineData("red red red red red red the the", 6, false)]
    public void Tokenize_Long_IsCutAndSaysSo(string text, int count, bool truncated)
    {
        var prompt = Tokenizer.Tokenize(text);
        Assert.Equal(count, prompt.Ids.Count);
        Assert.Equal(truncated, prompt.Truncated);
    }

    [Theory]
    [InlineData("the red ball rolls to the left on the beach")]
    [InlineData("beach: rolls to the left, ball, red")]
    [InlineData("海辺 rolls to the left 赤いボール red ball")]
    public void Tokenize_WithOrder_TellsTheSameWhateverTheOrderOfTheWords(string text)
    {
        var ordered = Words with { Order = ["circle", "red", "roll", "bounce", "left", "beach"] };
        var prompt = LexiconTokenizer.Create(ordered, Refuse).Tokenize(text + " " + text);
        Assert.Equal([2, 1, 3, 4, 6], prompt.Ids);
        Assert.False(prompt.Truncated);
    }

    [Theory]
    [InlineData("none with 'beach'", "circle", "red", "roll", "bounce", "left")]
    [InlineData("7 names", "circle", "red", "roll", "bounce", "left", "beach", "red")]
    [InlineData("none with 'red'", "circle", "circle", "roll", "bounce", "left", "beach")]
    public void Create_BadOrder_IsRefused(string message, params string[] order) => AssertRefused(Words with { Order = order }, message);

    [Fact]
    public void Tokenize_HugePrompt_Ends()
    {
        Assert.True(Tokenizer.Tokenize(string.Concat(Enumerable.Repeat("red blurb 緑 ", 10_000))).Truncated);
        Assert.Single(Tokenizer.Tokenize(new string('緑', 100_000)).UnknownWords);
    }

    [Theory]
    [InlineData("Red", "normal form")]
    [InlineData("two  spaces", "normal form")]
    [InlineData("", "normal form")]
    [InlineData("the", "twice")]
    public void Create_BadForm_IsRefused(string form, string message) =>
        AssertRefused(Words with { Forms = new() { [form] = ["red"] } }, message);

    [Fact]
    public void Create_BadConcepts_AreRefused()
    {
        AssertRefused(Words with { Forms = new() { ["green"] = ["green"] } }, "for 'green'");
        AssertRefused(Words with { Forms = new() { ["nothing"] = ["<pad>"] } }, "for '<pad>'");
        AssertRefused(Words with { Concepts = ["<pad>", "red", "red"] }, "'red' twice");
        AssertRefused(Words with { MaxLength = 0 }, "max_length");
        AssertRefused(Words with { PadId = 1 }, "pad_id");
    }

    private static void AssertRefused(Lexicon lexicon, string message) => Assert.Contains(
        message,
        Assert.Throws<InvalidOperationException>(() => LexiconTokenizer.Create(lexicon, Refuse)).Message,
        StringComparison.Ordinal);

    private static InvalidOperationException Refuse(string expected, string found) => new($"{expected} / {found}");
}
