namespace SoraCluster.Diffusion.Packs;

/// <summary>A verified pack folder. Immutable and thread-safe; holds no file open.</summary>
public sealed class Pack
{
    private Pack(string folder, PackManifest manifest, ITokenizer tokenizer, string fingerprint)
    {
        Folder = folder;
        Manifest = manifest;
        Tokenizer = tokenizer;
        Fingerprint = fingerprint;
    }

    public string Folder { get; }

    public PackManifest Manifest { get; }

    public ITokenizer Tokenizer { get; }

    /// <summary>SHA-256 (hex) over the pack's files: two packs with the same fingerprint give the same bits.</summary>
    public string Fingerprint { get; }

    /// <summary>Reads and verifies a pack.</summary>
    /// <exception cref="PackException">Something in the folder is missing or is not what the pack says it is.</exception>
    public static Pack Load(string folder) => throw new NotImplementedException("Lands with the pack loader.");
}
