using System.Text;

namespace SoraCluster.Cli.Output;

internal static class FileNames
{
    private const int MaxLength = 60;

    /// <summary>A file name from a prompt: letters and digits of any script, words joined by hyphens; <c>clip.mp4</c> when there are none.</summary>
    public static string FromPrompt(string prompt)
    {
        var name = new StringBuilder();
        foreach (var rune in prompt.EnumerateRunes())
        {
            if (Rune.IsLetterOrDigit(rune))
            {
                name.Append(Rune.ToLowerInvariant(rune));
            }
            else if (name.Length > 0 && name[^1] != '-')
            {
                name.Append('-');
            }

            if (name.Length >= MaxLength)
            {
                break;
            }
        }

        var text = name.ToString().Trim('-');
        return (text.Length == 0 ? "clip" : text) + ".mp4";
    }
}
