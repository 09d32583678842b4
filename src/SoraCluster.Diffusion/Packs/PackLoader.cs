using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using SoraCluster.Diffusion.Safetensors;

namespace SoraCluster.Diffusion.Packs;

/// <summary>Reads a pack's folder and checks every claim in it, file by file.</summary>
internal sealed class PackLoader(string root)
{
    private const string ManifestFile = "pack.json";
    private const string IndexFile = "model_index.json";

    /// <summary>The parts that a pack cannot do without, and those that it may have.</summary>
    private static readonly string[] RequiredRoles = [PackRoles.Scheduler, PackRoles.Tokenizer, PackRoles.TextEncoder,
        PackRoles.Transformer, PackRoles.VaeDecoder, PackRoles.Vocoder];

    private readonly PackFolder folder = new(root);

    public (PackManifest Manifest, Dictionary<string, ComponentConfig> Configs, ITokenizer Tokenizer, string Fingerprint) Load()
    {
        var manifest = folder.ReadJson(ManifestFile, PackJson.Default.PackManifest);
        if (PackManifestRules.Check(manifest) is { } wrong)
        {
            throw new PackException(ManifestFile, null, wrong.Expected, wrong.Found);
        }

        CheckRoles(manifest);
        CheckIndex(manifest);
        ITokenizer? tokenizer = null;
        var configs = new Dictionary<string, ComponentConfig>(StringComparer.Ordinal);
        foreach (var (role, component) in manifest.Components.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            if (role == PackRoles.Tokenizer)
            {
                tokenizer = LoadTokenizer(component);
            }
            else
            {
                configs[role] = LoadConfig(role, component, manifest);
            }
        }

        foreach (var (role, config) in configs)
        {
            CheckWeights(config, manifest.Components[role], manifest);
            if (manifest.Components[role].Graph is { } graph)
            {
                folder.PathOf(graph);
            }
        }

        CheckVocabulary(manifest, configs, (LexiconTokenizer)tokenizer!);
        return (manifest, configs, tokenizer!, folder.Fingerprint());
    }

    private static void CheckRoles(PackManifest manifest)
    {
        foreach (var role in RequiredRoles)
        {
            if (!manifest.Components.ContainsKey(role))
            {
                throw new PackException(ManifestFile, null, $"components.{role}", "none");
            }
        }

        foreach (var role in manifest.Components.Keys)
        {
            if (!RequiredRoles.Contains(role) && role != PackRoles.VaeEncoder)
            {
                throw new PackException(ManifestFile, null, $"one of the roles {string.Join(", ", RequiredRoles)}, {PackRoles.VaeEncoder}", role);
            }
        }
    }

    /// <summary>The diffusers index must name the same class for every role that it names.</summary>
    private void CheckIndex(PackManifest manifest)
    {
        var index = folder.ReadJson(IndexFile, PackJson.Default.JsonElement);
        if (index.ValueKind != JsonValueKind.Object)
        {
            throw new PackException(IndexFile, null, "a JSON object", index.ValueKind.ToString());
        }

        foreach (var (role, component) in manifest.Components)
        {
            if (!index.TryGetProperty(role, out var entry))
            {
                throw new PackException(IndexFile, null, $"an entry for {role}", "none");
            }

            if (entry.ValueKind != JsonValueKind.Array || entry.GetArrayLength() != 2
                || entry[1].ValueKind != JsonValueKind.String || entry[1].GetString() != component.Class)
            {
                throw new PackException(IndexFile, null, $"{role} of class {component.Class}, as in {ManifestFile}", entry.GetRawText());
            }
        }
    }

    private LexiconTokenizer LoadTokenizer(PackComponent component)
    {
        if (component.Class != nameof(LexiconTokenizer))
        {
            throw UnknownClass(PackRoles.Tokenizer, component, nameof(LexiconTokenizer));
        }

        var lexicon = folder.ReadJson(component.Config, PackJson.Default.Lexicon);
        return LexiconTokenizer.Create(lexicon, (expected, found) => new PackException(component.Config, null, expected, found));
    }

    private ComponentConfig LoadConfig(string role, PackComponent component, PackManifest manifest)
    {
        ComponentConfig config = (role, component.Class) switch
        {
            (PackRoles.Scheduler, "FlowMatchEulerDiscreteScheduler") => ReadConfig(component, PackJson.Default.FlowMatchEulerConfig),
            (PackRoles.Scheduler, "UniPCMultistepScheduler") => ReadConfig(component, PackJson.Default.UniPcConfig),
            (PackRoles.Scheduler, "DPMSolverMultistepScheduler") => ReadConfig(component, PackJson.Default.DpmSolverConfig),
            (PackRoles.Scheduler, _) => throw UnknownClass(
                role, component, "FlowMatchEulerDiscreteScheduler, UniPCMultistepScheduler or DPMSolverMultistepScheduler"),
            (PackRoles.TextEncoder, "LexiconTextEncoder") => ReadConfig(component, PackJson.Default.TextEncoderConfig),
            (PackRoles.Transformer, "JointTransformer") => ReadConfig(component, PackJson.Default.JointTransformerConfig),
            (PackRoles.VaeDecoder, "FrameGroupDecoder") => ReadConfig(component, PackJson.Default.FrameDecoderConfig),
            (PackRoles.VaeEncoder, "FrameGroupEncoder") => ReadConfig(component, PackJson.Default.FrameEncoderConfig),
            (PackRoles.Vocoder, "GriffinLim") => ReadConfig(component, PackJson.Default.GriffinLimConfig),
            _ => throw UnknownClass(role, component, "a known class"),
        };
        return config.Check(manifest) is { } wrong
            ? throw new PackException(component.Config, null, wrong.Expected, wrong.Found)
            : config;
    }

    private T ReadConfig<T>(PackComponent component, JsonTypeInfo<T> type)
        where T : ComponentConfig
    {
        var config = folder.ReadJson(component.Config, PackJson.Default.JsonElement);
        if (config.ValueKind == JsonValueKind.Object && config.TryGetProperty("_class_name", out var name)
            && (name.ValueKind != JsonValueKind.String || name.GetString() != component.Class))
        {
            throw new PackException(component.Config, null, $"_class_name {component.Class}, as in {ManifestFile}", name.GetRawText());
        }

        return folder.ReadJson(component.Config, type);
    }

    private void CheckWeights(ComponentConfig config, PackComponent component, PackManifest manifest)
    {
        var specs = config.Tensors(manifest).ToDictionary(spec => spec.Name, StringComparer.Ordinal);
        if (component.Weights is not { } file)
        {
            if (specs.Count > 0)
            {
                throw new PackException(ManifestFile, null, $"weights for the component of class {component.Class}", "none");
            }

            return;
        }

        using var weights = folder.Open(file);
        foreach (var spec in specs.Values)
        {
            CheckTensor(file, weights, spec);
        }

        foreach (var tensor in weights.Tensors)
        {
            if (!specs.ContainsKey(tensor.Name))
            {
                throw new PackException(file, tensor.Name, $"no tensor of that name in class {component.Class}", tensor.ToString());
            }
        }
    }

    private static void CheckTensor(string file, SafetensorsFile weights, TensorSpec spec)
    {
        var shape = string.Join(", ", spec.Shape);
        if (!weights.Contains(spec.Name))
        {
            throw new PackException(file, spec.Name, $"shape [{shape}]", "no such tensor");
        }

        var info = weights.Info(spec.Name);
        if (!info.Shape.SequenceEqual(spec.Shape.Select(dim => (long)dim)))
        {
            throw new PackException(file, spec.Name, $"shape [{shape}]", $"shape [{string.Join(", ", info.Shape)}]");
        }

        if (info.Dtype == TensorDtype.Other)
        {
            throw new PackException(file, spec.Name, "dtype F32, F16 or BF16", $"dtype {info.DtypeName}");
        }
    }

    private static void CheckVocabulary(PackManifest manifest, Dictionary<string, ComponentConfig> configs, LexiconTokenizer tokenizer)
    {
        var encoder = (TextEncoderConfig)configs[PackRoles.TextEncoder];
        var transformer = (JointTransformerConfig)configs[PackRoles.Transformer];
        var encoderFile = manifest.Components[PackRoles.TextEncoder].Config;
        Require(encoderFile, "vocab_size as in the lexicon:", tokenizer.ConceptCount, encoder.VocabSize);
        Require(encoderFile, "max_length as in the lexicon:", tokenizer.MaxLength, encoder.MaxLength);
        var transformerFile = manifest.Components[PackRoles.Transformer].Config;
        Require(transformerFile, "text_length as the text encoder's max_length:", encoder.MaxLength, transformer.TextLength);
        Require(transformerFile, "hidden_size as the text encoder's:", encoder.HiddenSize, transformer.HiddenSize);
    }

    private static void Require(string file, string what, int expected, int found)
    {
        if (expected != found)
        {
            throw new PackException(file, null, $"{what} {expected}", $"{found}");
        }
    }

    private static PackException UnknownClass(string role, PackComponent component, string expected) =>
        new(ManifestFile, null, $"{expected} as {role}", $"'{component.Class}'");
}
