using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.ML.OnnxRuntime.Tensors;
using SoraCluster.Diffusion.Packs;
using SoraCluster.Inference.Onnx.Tests.Text;
using SoraCluster.Inference.Onnx.Text;

namespace SoraCluster.Inference.Onnx.Tests.Wan;

/// <summary>A Wan pack with random weights in a folder of its own, deleted on disposal. Tests may damage its files before loading.</summary>
internal sealed class WanMicroPack : IDisposable
{
    public string Folder { get; } = Directory.CreateTempSubdirectory("wanpack-").FullName;

    /// <summary>As optimum-onnx lays it out: a folder for each part, the decoder in one graph.</summary>
    public static WanMicroPack Optimum(
        int maxBatch = 2, TensorElementType numbers = TensorElementType.Float, TensorElementType time = TensorElementType.Int64)
    {
        var names = WanNames.Optimum with { Numbers = numbers, Time = time };
        var pack = new WanMicroPack();
        WanGraphs.TextEncoder(pack.PathOf("text_encoder/model.onnx"), names, takesMask: false);
        WanGraphs.Transformer(pack.PathOf("transformer/model.onnx"), names, -1);
        WanGraphs.Decoder(pack.PathOf("vae_decoder/model.onnx"), names);
        pack.Write(maxBatch, new
        {
            scheduler = Scheduler,
            tokenizer = Tokenizer,
            text_encoder = new { @class = "UMT5EncoderModel", config = "text_encoder/config.json", graph = "text_encoder/model.onnx" },
            transformer = new
            {
                @class = "WanTransformer3DModel",
                config = "transformer/config.json",
                graph = "transformer/model.onnx",
                tensors = new { sample = "out_hidden_states" },
            },
            vae_decoder = new { @class = "AutoencoderKLWan", config = "vae_decoder/config.json", graph = "vae_decoder/model.onnx" },
        });
        pack.WriteJson(
            "vae_decoder/config.json",
            new { _class_name = "AutoencoderKLWan", z_dim = WanGraphs.Channels, latents_mean = WanGraphs.LatentsMean, latents_std = WanGraphs.LatentsStd });
        return pack;
    }

    /// <summary>As wannx lays it out: the graphs side by side, the decoder in two, batch 1.</summary>
    public static WanMicroPack Flat()
    {
        var pack = new WanMicroPack();
        WanGraphs.TextEncoder(pack.PathOf("t5_encoder_fp16.onnx"), WanNames.Flat, takesMask: true);
        WanGraphs.Transformer(pack.PathOf("dit.onnx"), WanNames.Flat, 1);
        WanGraphs.StreamingDecoder(pack.PathOf("vae_decoder_init.onnx"), first: true);
        WanGraphs.StreamingDecoder(pack.PathOf("vae_decoder.onnx"), first: false);
        pack.Write(1, new
        {
            scheduler = Scheduler,
            tokenizer = Tokenizer,
            text_encoder = new
            {
                @class = "UMT5EncoderModel",
                config = "text_encoder/config.json",
                graph = "t5_encoder_fp16.onnx",
                tensors = new { last_hidden_state = "text_embeddings" },
            },
            transformer = new
            {
                @class = "WanTransformer3DModel",
                config = "transformer/config.json",
                graph = "dit.onnx",
                tensors = new { hidden_states = "latent_input", encoder_hidden_states = "text_embeddings", sample = "noise_prediction" },
            },
            vae_decoder = new
            {
                @class = "AutoencoderKLWan",
                config = "vae_decoder/config.json",
                graph = "vae_decoder.onnx",
                first_graph = "vae_decoder_init.onnx",
                tensors = new { latent_sample = "latent_frame", sample = "video_frames" },
            },
        });
        pack.WriteJson("vae_decoder/config.json", new { _class_name = "AutoencoderKLWan", z_dim = WanGraphs.Channels });
        return pack;
    }

    public string PathOf(string file) => Path.Combine(Folder, file.Replace('/', Path.DirectorySeparatorChar));

    public Pack Load() => Pack.Load(Folder, new SentencePieceTokenizers());

    /// <summary>Rewrites one JSON file.</summary>
    public void Edit(string file, Action<JsonNode> change)
    {
        var json = JsonNode.Parse(File.ReadAllText(PathOf(file)))!;
        change(json);
        File.WriteAllText(PathOf(file), json.ToJsonString());
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private static object Scheduler => new { @class = "UniPCMultistepScheduler", config = "scheduler/scheduler_config.json" };

    private static object Tokenizer => new { @class = "T5TokenizerFast", config = "tokenizer/spiece.model" };

    private void Write(int maxBatch, object components)
    {
        WriteJson("pack.json", new
        {
            format = PackManifest.CurrentFormat,
            id = "micro-wan",
            name = "Micro Wan",
            version = "2.1",
            licence = "Apache-2.0",
            width = WanGraphs.Cells * 8,
            height = WanGraphs.Cells * 8,
            frame_rate = 8,
            max_frames = 9,
            max_batch = maxBatch,
            default_steps = 4,
            default_guidance_scale = 5.0,
            prediction_type = "velocity",
            text_length = WanGraphs.Tokens,
            window = new { frames_per_latent = 4, first_frames = 1, overlap_latent_frames = 0 },
            latents = new { video = new[] { WanGraphs.Frames, WanGraphs.Cells, WanGraphs.Cells, WanGraphs.Channels } },
            components,
        });
        WriteJson("model_index.json", new
        {
            _class_name = "WanPipeline",
            scheduler = (string[])["diffusers", "UniPCMultistepScheduler"],
            text_encoder = (string[])["transformers", "UMT5EncoderModel"],
            tokenizer = (string[])["transformers", "T5TokenizerFast"],
            transformer = (string[])["diffusers", "WanTransformer3DModel"],
            vae = (string[])["diffusers", "AutoencoderKLWan"],
        });
        WriteJson("scheduler/scheduler_config.json", new
        {
            _class_name = "UniPCMultistepScheduler",
            prediction_type = "flow_prediction",
            use_flow_sigmas = true,
            flow_shift = 3.0,
            solver_order = 2,
            solver_type = "bh2",
        });
        WriteJson(
            "text_encoder/config.json",
            new { architectures = (string[])["UMT5EncoderModel"], d_model = WanGraphs.Width, vocab_size = WanGraphs.Vocabulary });
        WriteJson("transformer/config.json", new
        {
            _class_name = "WanTransformer3DModel",
            in_channels = WanGraphs.Channels,
            out_channels = WanGraphs.Channels,
            patch_size = (int[])[1, 2, 2],
            text_dim = WanGraphs.Width,
            image_dim = (int?)null,
        });
        Directory.CreateDirectory(PathOf("tokenizer"));
        File.WriteAllBytes(PathOf("tokenizer/spiece.model"), T5TokenizerTests.Resource("spiece.model"));
    }

    private void WriteJson(string file, object value)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(file))!);
        File.WriteAllText(PathOf(file), JsonSerializer.Serialize(value));
    }
}
