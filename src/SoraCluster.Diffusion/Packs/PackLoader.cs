using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace SoraCluster.Diffusion.Packs;

/// <summary>Reads a pack's folder and checks every claim in it, file by file.</summary>
internal sealed class PackLoader(string root, ITokenizerFactory? tokenizers)
{
    internal const string ManifestFile = "pack.json";
    private const string IndexFile = "model_index.json";

    /// <summary>The parts that a pack cannot do without, and those that it may have.</summary>
    private static readonly string[] RequiredRoles = [PackRoles.Scheduler, PackRoles.Tokenizer, PackRoles.TextEncoder,
        PackRoles.Transformer, PackRoles.VaeDecoder];

    private static readonly string[] OptionalRoles = [PackRoles.Vocoder, PackRoles.VaeEncoder];

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
                tokenizer = LoadTokenizer(component, manifest);
            }
            else
            {
                configs[role] = LoadConfig(role, component, manifest);
            }
        }

        foreach (var (role, config) in configs)
        {
            PackWeightsRules.Check(folder, config, manifest.Components[role], manifest);
            TouchGraphs(manifest.Components[role]);
        }

        CheckText(manifest, configs, tokenizer!);
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
            if (!RequiredRoles.Contains(role) && !OptionalRoles.Contains(role))
            {
                throw new PackException(ManifestFile, null, $"one of the roles {string.Join(", ", RequiredRoles.Concat(OptionalRoles))}", role);
            }
        }

        if (manifest.HasAudio != manifest.Components.ContainsKey(PackRoles.Vocoder))
        {
            throw new PackException(
                ManifestFile, null, manifest.HasAudio ? "components.vocoder, for latents.audio" : "latents.audio, for components.vocoder", "none");
        }
    }

    /// <summary>The diffusers index must name the same class for every role; it knows a decoder by the name of the whole autoencoder, too.</summary>
    private void CheckIndex(PackManifest manifest)
    {
        var index = folder.ReadJson(IndexFile, PackJson.Default.JsonElement);
        if (index.ValueKind != JsonValueKind.Object)
        {
            throw new PackException(IndexFile, null, "a JSON object", index.ValueKind.ToString());
        }

        foreach (var (role, component) in manifest.Components)
        {
            if (!index.TryGetProperty(role, out var entry) && !(role == PackRoles.VaeDecoder && index.TryGetProperty("vae", out entry)))
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

    /// <summary>They have to be there, and they count in the fingerprint; what is in them, the backend checks.</summary>
    private void TouchGraphs(PackComponent component)
    {
        foreach (var graph in ((string?[])[component.Graph, component.FirstGraph]).OfType<string>())
        {
            folder.PathOf(graph);
            folder.UseIfThere($"{graph}.data");
            folder.UseIfThere($"{graph}_data");
        }

        foreach (var data in component.Data ?? [])
        {
            folder.PathOf(data);
        }
    }

    private ITokenizer LoadTokenizer(PackComponent component, PackManifest manifest)
    {
        if (component.Class != nameof(LexiconTokenizer))
        {
            return OpenTokenizer(component, manifest)
                ?? throw UnknownClass(PackRoles.Tokenizer, component, tokenizers is null ? nameof(LexiconTokenizer) : "a known class");
        }

        var lexicon = folder.ReadJson(component.Config, PackJson.Default.Lexicon);
        return LexiconTokenizer.Create(lexicon, (expected, found) => new PackException(component.Config, null, expected, found));
    }

    private ITokenizer? OpenTokenizer(PackComponent component, PackManifest manifest)
    {
        try
        {
            return tokenizers?.Open(component.Class, folder.Read(component.Config), manifest.TextLength);
        }
        catch (InvalidDataException wrong)
        {
            throw new PackException(component.Config, null, wrong.Message.TrimEnd('.'), "another file", wrong);
        }
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
            (PackRoles.TextEncoder, "UMT5EncoderModel" or "T5EncoderModel") => ReadConfig(component, PackJson.Default.T5EncoderConfig),
            (PackRoles.Transformer, "WanTransformer3DModel") => ReadConfig(component, PackJson.Default.WanTransformerConfig),
            (PackRoles.VaeDecoder, "AutoencoderKLWan") => ReadConfig(component, PackJson.Default.WanDecoderConfig),
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

    /// <summary>Tokenizer, text encoder and transformer must speak of the same tokens and vectors.</summary>
    private static void CheckText(PackManifest manifest, Dictionary<string, ComponentConfig> configs, ITokenizer tokenizer)
    {
        var encoderFile = manifest.Components[PackRoles.TextEncoder].Config;
        var transformerFile = manifest.Components[PackRoles.Transformer].Config;
        switch (configs[PackRoles.TextEncoder], configs[PackRoles.Transformer], tokenizer)
        {
            case (TextEncoderConfig encoder, JointTransformerConfig transformer, LexiconTokenizer lexicon):
                Require(encoderFile, "vocab_size as in the lexicon:", lexicon.ConceptCount, encoder.VocabSize);
                Require(encoderFile, "max_length as in the lexicon:", lexicon.MaxLength, encoder.MaxLength);
                Require(transformerFile, "text_length as the text encoder's max_length:", encoder.MaxLength, transformer.TextLength);
                Require(transformerFile, "hidden_size as the text encoder's:", encoder.HiddenSize, transformer.HiddenSize);
                break;
            case (T5EncoderConfig encoder, WanTransformerConfig transformer, not LexiconTokenizer):
                Require(transformerFile, "text_dim as the text encoder's d_model:", encoder.DModel, transformer.TextDim);
                break;
            default:
                string[] roles = [PackRoles.Tokenizer, PackRoles.TextEncoder, PackRoles.Transformer];
                throw new PackException(
                    ManifestFile, null, "a tokenizer, a text_encoder and a transformer that belong together",
                    string.Join(", ", roles.Select(role => manifest.Components[role].Class)));
        }
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
