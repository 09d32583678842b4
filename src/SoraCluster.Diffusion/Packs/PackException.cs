namespace SoraCluster.Diffusion.Packs;

/// <summary>A pack was refused. Says which file (and tensor) is wrong, what was expected and what was found.</summary>
public sealed class PackException : Exception
{
    public PackException(string file, string? tensor, string expected, string found, Exception? cause = null)
        : base(Describe(file, tensor, expected, found), cause)
    {
        File = file;
        Tensor = tensor;
        Expected = expected;
        Found = found;
    }

    /// <summary>The file, relative to the pack's folder where it lies inside it.</summary>
    public string File { get; }

    /// <summary>The tensor, where the complaint is about one.</summary>
    public string? Tensor { get; }

    public string Expected { get; }

    public string Found { get; }

    private static string Describe(string file, string? tensor, string expected, string found) =>
        $"Pack refused: {file}{(tensor is null ? "" : $", tensor '{tensor}'")}: expected {expected}, found {found}.";
}
