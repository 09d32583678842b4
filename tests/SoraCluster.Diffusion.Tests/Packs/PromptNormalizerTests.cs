using SoraCluster.Diffusion.Packs;

namespace SoraCluster.Diffusion.Tests.Packs;

public class PromptNormalizerTests
{
    /// <summary>Python's NFKC over full-width forms, half-width katakana and all kana with combining marks.</summary>
    [Fact]
    public void Normalize_WidthAndKana_IsWhatNfkcGives()
    {
        foreach (var pair in Vectors.Read("nfkc.json").GetProperty("cases").EnumerateArray())
        {
            var (text, expected) = (pair[0].GetString()!, pair[1].GetString()!);
            var found = PromptNormalizer.Normalize(text);
            Assert.True(expected == found, $"{Show(text)}: expected {Show(expected)}, found {Show(found)}");
        }
    }

    [Theory]
    [InlineData("  A\t\n red   Ball ", "a red ball")]
    [InlineData("", "")]
    [InlineData(" \r\n ", "")]
    public void Normalize_Spaces_AreCollapsed(string text, string expected) => Assert.Equal(expected, PromptNormalizer.Normalize(text));

    private static string Show(string text) => string.Join(' ', text.Select(c => $"{(int)c:X4}"));
}
