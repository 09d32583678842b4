using SoraCluster.Diffusion.Safetensors;
using SoraCluster.Diffusion.Samplers;

namespace SoraCluster.Diffusion.Packs;

/// <summary>A verified pack folder. Immutable and thread-safe; holds no file open.</summary>
public sealed class Pack
{
    private readonly Dictionary<string, ComponentConfig> configs;

    private Pack(
        string folder, PackManifest manifest, Dictionary<string, ComponentConfig> configs, ITokenizer tokenizer, string fingerprint)
    {
        this.configs = configs;
        Folder = folder;
        Manifest = manifest;
        Tokenizer = tokenizer;
        Fingerprint = fingerprint;
    }

    public string Folder { get; }

    public PackManifest Manifest { get; }

    public ITokenizer Tokenizer { get; }

    public SchedulerConfig Scheduler => Config<SchedulerConfig>(PackRoles.Scheduler);

    /// <summary>SHA-256 (hex) over the pack's files: two packs with the same fingerprint give the same bits.</summary>
    public string Fingerprint { get; }

    /// <summary>Reads and verifies a pack.</summary>
    /// <param name="folder">The pack's.</param>
    /// <param name="tokenizers">Opens tokenizers of other classes than <see cref="LexiconTokenizer"/>; without it, packs that have such are refused.</param>
    /// <exception cref="PackException">Something in the folder is missing or is not what the pack says it is.</exception>
    public static Pack Load(string folder, ITokenizerFactory? tokenizers = null)
    {
        var root = Path.GetFullPath(folder);
        var (manifest, configs, tokenizer, fingerprint) = new PackLoader(root, tokenizers).Load();
        return new Pack(root, manifest, configs, tokenizer, fingerprint);
    }

    /// <summary>The configuration of a part.</summary>
    /// <exception cref="PackException">The pack's part is of another class than <typeparamref name="T"/>.</exception>
    public T Config<T>(string role)
        where T : ComponentConfig =>
        configs.GetValueOrDefault(role) as T
        ?? throw new PackException(
            "pack.json", null, $"a {role} that {typeof(T).Name} describes", Manifest.Components.GetValueOrDefault(role)?.Class ?? "none");

    /// <summary>Opens the weights of a part; the caller disposes.</summary>
    /// <exception cref="PackException">The part has none, or the file has changed since the pack was loaded.</exception>
    public SafetensorsFile OpenWeights(string role) =>
        Manifest.Components.GetValueOrDefault(role)?.Weights is { } file
            ? new PackFolder(Folder).Open(file)
            : throw new PackException("pack.json", null, $"weights for {role}", "none");

    /// <summary>A part's ONNX graph: its name in the pack's folder and its full path.</summary>
    /// <param name="role">The part.</param>
    /// <param name="first">Its <see cref="PackComponent.FirstGraph"/> instead.</param>
    /// <exception cref="PackException">The part has none, or the file is gone.</exception>
    public (string File, string Path) GraphOf(string role, bool first = false)
    {
        var component = Manifest.Components.GetValueOrDefault(role);
        return (first ? component?.FirstGraph : component?.Graph) is { } file
            ? (file, new PackFolder(Folder).PathOf(file))
            : throw new PackException("pack.json", null, $"a graph for {role}, which this backend runs", "none");
    }
}
