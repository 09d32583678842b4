using System.Text.Json;
using System.Text.Json.Nodes;
using SoraCluster.Diffusion.Latents;
using SoraCluster.Diffusion.Packs;
using SoraCluster.Diffusion.Safetensors;

namespace SoraCluster.Testing.Packs;

/// <summary>A complete pack with random weights in a folder of its own, deleted on disposal. Tests may damage its files before loading.</summary>
public sealed class MicroPack : IDisposable
{
    private static readonly string[] ConceptNames = ["<pad>", "red", "blue", "circle", "bounce", "roll", "left", "beach"];

    private MicroPack(string folder) => Folder = folder;

    public string Folder { get; }

    /// <summary>Writes a pack of the given dimensions; the same shape gives the same bytes.</summary>
    public static MicroPack Create(MicroPackShape? shape = null)
    {
        shape ??= new MicroPackShape();
        var pack = new MicroPack(Directory.CreateTempSubdirectory("micropack-").FullName);
        pack.WriteJson("pack.json", Manifest(shape));
        pack.WriteJson("model_index.json", Index(shape));
        pack.WriteJson("scheduler/scheduler_config.json", Scheduler(shape));
        pack.WriteJson("tokenizer/lexicon.json", LexiconJson(shape));
        pack.WriteJson("text_encoder/config.json", TextEncoder(shape));
        pack.WriteJson("transformer/config.json", Transformer(shape));
        pack.WriteJson("vae_decoder/config.json", Decoder(shape));
        pack.WriteJson("vae_encoder/config.json", Encoder(shape));
        pack.WriteJson("vocoder/config.json", Vocoder(shape));
        pack.WriteWeights(shape);
        if (!shape.StartsFromPicture)
        {
            pack.Edit("pack.json", json => json["components"]!.AsObject().Remove("vae_encoder"));
        }

        return pack;
    }

    /// <summary>Loads what is in the folder now.</summary>
    public Pack Load() => Pack.Load(Folder);

    public string PathOf(string file) => Path.Combine(Folder, file.Replace('/', Path.DirectorySeparatorChar));

    /// <summary>Rewrites one JSON file.</summary>
    public void Edit(string file, Action<JsonObject> change)
    {
        var json = JsonNode.Parse(File.ReadAllText(PathOf(file)))!.AsObject();
        change(json);
        File.WriteAllText(PathOf(file), json.ToJsonString());
    }

    /// <summary>Rewrites the tensors of one weights file.</summary>
    public void EditWeights(string file, Func<SafetensorsTensor, SafetensorsTensor?> change)
    {
        List<SafetensorsTensor> tensors = [];
        using (var source = SafetensorsFile.Open(PathOf(file)))
        {
            foreach (var info in source.Tensors)
            {
                var tensor = new SafetensorsTensor(
                    info.Name, [.. info.Shape.Select(dim => (int)dim)], source.ReadFloats(info.Name), info.Dtype);
                if (change(tensor) is { } changed)
                {
                    tensors.Add(changed);
                }
            }
        }

        using var stream = File.Create(PathOf(file));
        SafetensorsWriter.Write(stream, tensors);
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private static object Manifest(MicroPackShape shape) => new
    {
        format = PackManifest.CurrentFormat,
        id = "micro",
        name = "Micro",
        version = "0.0.1",
        licence = "MIT",
        width = shape.Video[2] * 8,
        height = shape.Video[1] * 8,
        frame_rate = 8,
        sample_rate = 16000,
        bridges = true,
        styles = new Dictionary<string, string> { ["azure"] = "blue" },
        max_frames = 96,
        max_batch = 8,
        default_steps = 4,
        default_guidance_scale = 2.5,
        prediction_type = shape.PredictionType,
        window = new { frames_per_latent = 4, overlap_latent_frames = 1, mel_frames_per_token = 8, overlap_audio_tokens = 4 },
        latents = new { video = shape.Video, audio = shape.Audio },
        components = new
        {
            scheduler = new { @class = shape.Scheduler, config = "scheduler/scheduler_config.json" },
            tokenizer = new { @class = "LexiconTokenizer", config = "tokenizer/lexicon.json" },
            text_encoder = Part("LexiconTextEncoder", "text_encoder", "model"),
            transformer = Part("JointTransformer", "transformer", "diffusion_pytorch_model"),
            vae_decoder = Part("FrameGroupDecoder", "vae_decoder", "model"),
            vae_encoder = Part("FrameGroupEncoder", "vae_encoder", "model"),
            vocoder = new { @class = "GriffinLim", config = "vocoder/config.json" },
        },
    };

    private static object Part(string type, string folder, string weights) =>
        new { @class = type, config = $"{folder}/config.json", weights = $"{folder}/{weights}.safetensors" };

    private static object Scheduler(MicroPackShape shape) => shape.Scheduler == "FlowMatchEulerDiscreteScheduler"
        ? new { _class_name = shape.Scheduler, num_train_timesteps = 1000, shift = shape.Shift }
        : new
        {
            _class_name = shape.Scheduler,
            _diffusers_version = "0.35.0",
            num_train_timesteps = 1000,
            use_flow_sigmas = true,
            flow_shift = shape.Shift,
            prediction_type = shape.PredictionType == "velocity" ? "flow_prediction" : shape.PredictionType,
            solver_order = shape.SolverOrder,
            beta_schedule = "linear",
            trained_betas = (float[]?)null,
        };

    private static object Index(MicroPackShape shape) => new
    {
        _class_name = "SoraClusterPipeline",
        _diffusers_version = "0.35.0",
        scheduler = new[] { "diffusers", shape.Scheduler },
        tokenizer = new[] { "soracluster", "LexiconTokenizer" },
        text_encoder = new[] { "soracluster", "LexiconTextEncoder" },
        transformer = new[] { "soracluster", "JointTransformer" },
        vae_decoder = new[] { "soracluster", "FrameGroupDecoder" },
        vae_encoder = new[] { "soracluster", "FrameGroupEncoder" },
        vocoder = new[] { "soracluster", "GriffinLim" },
    };

    private static object LexiconJson(MicroPackShape shape) => new
    {
        max_length = shape.TextLength,
        pad_id = 0,
        concepts = ConceptNames,
        forms = new Dictionary<string, string[]>
        {
            ["red"] = ["red"],
            ["赤い"] = ["red"],
            ["赤"] = ["red"],
            ["blue"] = ["blue"],
            ["青い"] = ["blue"],
            ["ball"] = ["circle"],
            ["ボール"] = ["circle"],
            ["bounces"] = ["bounce"],
            ["弾む"] = ["bounce"],
            ["rolls to the left"] = ["roll", "left"],
            ["rolls"] = ["roll"],
            ["left"] = ["left"],
            ["左に転がる"] = ["roll", "left"],
            ["beach"] = ["beach"],
            ["海辺"] = ["beach"],
        },
        stop = new[] { "a", "the", "on", "が", "で" },
    };

    private static object TextEncoder(MicroPackShape shape) => new
    {
        _class_name = "LexiconTextEncoder",
        vocab_size = ConceptNames.Length,
        max_length = shape.TextLength,
        hidden_size = shape.Width,
        num_heads = shape.Heads,
        num_layers = 1,
    };

    private static object Transformer(MicroPackShape shape) => new
    {
        _class_name = "JointTransformer",
        hidden_size = shape.Width,
        num_layers = shape.Layers,
        num_heads = shape.Heads,
        text_length = shape.TextLength,
        time_embed_dim = shape.TimeEmbedDim,
        patch_size = 2,
    };

    private static object Decoder(MicroPackShape shape) => new
    {
        _class_name = "FrameGroupDecoder",
        latent_channels = shape.Video[3],
        mid_channels = shape.MidChannels,
        frame_channels = shape.FrameChannels,
        up_channels = shape.UpChannels,
        frames_per_latent = 4,
        latents_mean = Means(shape),
        latents_std = Deviations(shape),
    };

    private static object Encoder(MicroPackShape shape) => new
    {
        _class_name = "FrameGroupEncoder",
        latent_channels = shape.Video[3],
        frames_per_latent = 4,
        base_channels = 8,
        down_channels = new[] { 12, 10 },
        mid_channels = shape.MidChannels,
        latents_mean = Means(shape),
        latents_std = Deviations(shape),
    };

    private static float[] Means(MicroPackShape shape) => [.. Enumerable.Range(0, shape.Video[3]).Select(i => 0.1f * i)];

    private static float[] Deviations(MicroPackShape shape) => [.. Enumerable.Range(0, shape.Video[3]).Select(i => 1f + (0.05f * i))];

    private static object Vocoder(MicroPackShape shape) => new
    {
        _class_name = "GriffinLim",
        sample_rate = 16000,
        n_fft = 512,
        hop_length = 250,
        n_mels = shape.Audio[1],
        f_min = 60,
        f_max = 7600,
        iterations = 8,
        mel_floor = 0.02,
        mel_mean = -2.5,
        mel_std = 1.5,
    };

    private void WriteJson(string file, object value)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(file))!);
        File.WriteAllText(PathOf(file), JsonSerializer.Serialize(value));
    }

    private void WriteWeights(MicroPackShape shape)
    {
        var manifest = JsonSerializer.Deserialize<PackManifest>(File.ReadAllText(PathOf("pack.json")), SnakeCase)!;
        Write<TextEncoderConfig>("text_encoder", "model", 1);
        Write<JointTransformerConfig>("transformer", "diffusion_pytorch_model", 2);
        Write<FrameDecoderConfig>("vae_decoder", "model", 3);
        Write<FrameEncoderConfig>("vae_encoder", "model", 4);

        void Write<T>(string folder, string file, uint stream)
            where T : ComponentConfig
        {
            var config = JsonSerializer.Deserialize<T>(File.ReadAllText(PathOf($"{folder}/config.json")), SnakeCase)!;
            using var destination = File.Create(PathOf($"{folder}/{file}.safetensors"));
            SafetensorsWriter.Write(destination, [.. config.Tensors(manifest).Select((spec, i) => RandomTensor(spec, shape.Seed, (stream * 1000) + (uint)i))]);
        }
    }

    private static JsonSerializerOptions SnakeCase { get; } = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>Matrices with variance 1 / fan-in, so that activations keep their size; gains of the attention's norms near 2.4.</summary>
    private static SafetensorsTensor RandomTensor(TensorSpec spec, ulong seed, uint stream)
    {
        var fanIn = spec.Shape.Skip(1).Aggregate(1, (product, dim) => product * dim);
        var values = new float[spec.Shape[0] * fanIn];
        PhiloxNoise.Fill(values, seed, stream, 0);
        var (scale, offset) = spec.Name switch
        {
            _ when spec.Name.Contains(".norm_") => (0.1f, 2.4f),
            _ when spec.Name.EndsWith(".bias", StringComparison.Ordinal) => (0.1f, 0f),
            _ when spec.Name.EndsWith("table", StringComparison.Ordinal) => (0.2f, 0f),
            _ when spec.Name.Contains("embed", StringComparison.Ordinal) && !spec.Name.Contains("embedder", StringComparison.Ordinal)
                && !spec.Name.StartsWith("time", StringComparison.Ordinal) => (0.3f, 0f),
            _ => (1f / MathF.Sqrt(fanIn), 0f),
        };
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = (scale * values[i]) + offset;
        }

        return new SafetensorsTensor(spec.Name, spec.Shape, values, TensorDtype.Float16);
    }
}
