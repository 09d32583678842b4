using SoraCluster.Diffusion.Packs;

namespace SoraCluster.Diffusion.Tests.Packs;

public class CharactersTests
{
    private static readonly string[] Said = ["small", "big", "red", "blue", "ball", "star", "roll", "two", "and"];
    private static readonly string[] Named = ["small", "big", "red", "blue", "ball", "star"];

    private static readonly Lexicon Words = new(
        12, 0, ["<pad>", .. Said, .. Named.Select(Second)], Said.ToDictionary(word => word, word => new[] { word }), ["a", "the", "is"],
        [.. Named, .. Named.Select(Second), "two", "and", "roll"],
        new(["ball", "star"], [["small", "big"], ["red", "blue"]], "two", "and", Named.ToDictionary(name => name, Second)));

    [Theory]
    [InlineData("a red ball", "red ball")]
    [InlineData("a red ball and a big blue star roll", "red ball 2big 2blue 2star two roll")]
    [InlineData("a ball and a star, red", "ball 2red 2star two")]
    [InlineData("a red and blue ball", "red blue ball")]
    [InlineData("a ball and a blue ball", "ball 2blue 2ball two")]
    [InlineData("a red ball, a blue ball", "red ball 2blue 2ball two")]
    [InlineData("a red ball, the ball is big, the big ball", "big red ball")]
    [InlineData("the ball is red, the ball roll", "red ball roll")]
    [InlineData("a ball and the star roll and the red ball roll", "red ball 2star two roll")]
    [InlineData("two red ball", "red ball 2red 2ball two")]
    [InlineData("two ball and a star", "ball 2star two")]
    [InlineData("two", "")]
    [InlineData("and big", "big")]
    public void Tokenize_Characters_TellsWhoIsWho(string text, string told) => Assert.Equal((told, false), Tokenize(text));

    [Theory]
    [InlineData("a ball, a star and a blue ball, big, roll", "ball 2star two roll", "blue ball big")]
    [InlineData("a red ball, a blue ball, a unicorn, a star, red", "red ball 2blue 2ball two", "unicorn star red")]
    public void Tokenize_MoreThanTwo_LeavesThemOutAndSaysSo(string text, string told, string leftOut)
    {
        Assert.Equal((told, true), Tokenize(text));
        Assert.Equal(leftOut, string.Join(' ', LexiconTokenizer.Create(Words, Refuse).Tokenize(text).UnknownWords));
    }

    [Fact]
    public void Create_BadRules_AreRefused()
    {
        var rules = Words.Characters!;
        AssertRefused(Words with { Characters = rules with { Nouns = ["unicorn"] } }, "'unicorn'");
        AssertRefused(Words with { Characters = rules with { Two = "<pad>" } }, "'<pad>'");
        AssertRefused(Words with { Characters = rules with { Second = [] } }, "none for");
        AssertRefused(Words with { Order = null }, "an order");
    }

    private static (string Told, bool TooMany) Tokenize(string text)
    {
        var prompt = LexiconTokenizer.Create(Words, Refuse).Tokenize(text);
        return (string.Join(' ', prompt.Ids.Select(id => Words.Concepts[id])), prompt.Truncated);
    }

    private static string Second(string name) => "2" + name;

    private static void AssertRefused(Lexicon lexicon, string message) => Assert.Contains(
        message, Assert.Throws<InvalidOperationException>(() => LexiconTokenizer.Create(lexicon, Refuse)).Message, StringComparison.Ordinal);

    private static InvalidOperationException Refuse(string expected, string found) => new($"{expected} / {found}");
}
