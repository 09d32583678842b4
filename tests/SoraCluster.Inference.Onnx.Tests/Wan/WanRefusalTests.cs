using System.Text.Json.Nodes;
using Microsoft.ML.OnnxRuntime.Tensors;
using SoraCluster.Diffusion.Packs;

namespace SoraCluster.Inference.Onnx.Tests.Wan;

/// <summary>Published packs that lie: what is wrong is said, with the file, the tensor, what was expected and what was found.</summary>
public sealed class WanRefusalTests : IDisposable
{
    private const string PackFile = "pack.json";

    private readonly OnnxRuntimeFactory factory = Runtimes.Cpu();

    public void Dispose() => factory.Dispose();

    [Fact]
    public void Open_BatchFixedAtOne_HasToBeDeclared()
    {
        using var micro = WanMicroPack.Flat();
        micro.Edit(PackFile, json => json["max_batch"] = 4);

        AssertRefused(micro, "dit.onnx", "latent_input", "a batch that is free or 4, as max_batch in pack.json", "one fixed at 1");
    }

    [Fact]
    public void Open_TensorOfAnotherName_ListsThoseThatThereAre()
    {
        using var micro = WanMicroPack.Flat();
        micro.Edit(PackFile, json => json["components"]!["transformer"]!["tensors"]!["encoder_hidden_states"] = "context");

        AssertRefused(
            micro, "dit.onnx", "context", "an input of numbers and shape [1, 24, 8]", "only latent_input, timestep, text_embeddings");
    }

    [Fact]
    public void Open_TextOfAnotherWidth_SaysBothShapes()
    {
        using var micro = WanMicroPack.Flat();
        micro.Edit("text_encoder/config.json", json => json["d_model"] = 12);
        micro.Edit("transformer/config.json", json => json["text_dim"] = 12);

        AssertRefused(
            micro, "t5_encoder_fp16.onnx", "text_embeddings", "an output of numbers and shape [1, 24, 12]", "Float16 of shape [-1, -1, 8]");
    }

    [Fact]
    public void Open_TimeThatIsNoNumber_IsRefused()
    {
        using var micro = WanMicroPack.Optimum(time: TensorElementType.Bool);

        AssertRefused(micro, "transformer/model.onnx", "timestep", "an input of numbers and shape [1]", "Boolean of shape [-1]");
    }

    [Fact]
    public void Open_InputThatNobodyFills_IsRefused()
    {
        using var micro = WanMicroPack.Flat();
        micro.Edit(PackFile, json => json["components"]!["vae_decoder"]!["first_graph"] = "vae_decoder.onnx");

        AssertRefused(micro, "vae_decoder.onnx", "c0", "no inputs but latent_frame", "another one");
    }

    [Fact]
    public void Open_CachesOfAnotherType_SaysBoth()
    {
        using var micro = WanMicroPack.Flat();
        WanGraphs.StreamingDecoder(micro.PathOf("vae_decoder.onnx"), first: false, TensorElementType.Float16);

        AssertRefused(
            micro, "vae_decoder_init.onnx", "nc0",
            "an output of Float16 of shape [1, 16, 2, -1, -1], as input 'c0' of vae_decoder.onnx", "Single of shape [1, 16, 2, 4, 4]");
    }

    [Fact]
    public void Open_FirstGraphWithoutCaches_NamesTheFirst()
    {
        using var micro = WanMicroPack.Flat();
        micro.Edit(PackFile, json => json["components"]!["vae_decoder"]!["tensors"]!["nc"] = "next");

        AssertRefused(
            micro, "vae_decoder_init.onnx", "next0",
            "an output of Single of shape [1, 16, 2, -1, -1], as input 'c0' of vae_decoder.onnx", "only video_frames, nc0, nc1, nc2");
    }

    public static TheoryData<string, string, string, string> Lies => new()
    {
        { PackFile, "max_frames", "10", "max_frames of one window (9)" },
        { PackFile, "bridges", "true", "bridges false" },
        { PackFile, "width", "40", "width in pack.json: 32" },
        { PackFile, "prediction_type", "\"sample\"", "prediction_type 'sample'" },
        { PackFile, "text_length", "0", "text_length in pack.json from 1" },
        { PackFile, "window", """{"frames_per_latent":4,"overlap_latent_frames":0}""", "window.first_frames in pack.json: 1" },
        { PackFile, "window", """{"frames_per_latent":4,"first_frames":5,"overlap_latent_frames":0}""", "window.first_frames from 1 to 4" },
        { PackFile, "window", """{"frames_per_latent":4,"first_frames":1,"overlap_latent_frames":1}""", "no window.first_frames where windows overlap" },
        { PackFile, "window", """{"frames_per_latent":4,"overlap_latent_frames":1}""", "overlap_latent_frames in pack.json, as this class takes no given frames: 0" },
        { PackFile, "window", """{"frames_per_latent":3,"first_frames":1,"overlap_latent_frames":0}""", "max_frames of one window (7)" },
        { PackFile, "latents", """{"video":[3,4,4,16],"audio":[18,40]}""", "sample_rate" },
        { PackFile, "latents", """{"video":[3,4,4,16],"depth":[3,4]}""", "latents 'video' and 'audio' only" },
        { PackFile, "latents", """{"video":[3,4,4,12]}""", "in_channels as in pack.json: 12" },
        { "transformer/config.json", "in_channels", "36", "in_channels as in pack.json: 16" },
        { "transformer/config.json", "image_dim", "1280", "only text to video" },
        { "transformer/config.json", "patch_size", "[1,3,3]", "latents that patch_size divides" },
        { "transformer/config.json", "patch_size", "[2,2]", "numbers in patch_size: 3" },
        { "transformer/config.json", "text_dim", "9", "text_dim as the text encoder's d_model: 8" },
        { "vae_decoder/config.json", "z_dim", "48", "z_dim as in pack.json: 16" },
        { "vae_decoder/config.json", "latents_std", "null", "numbers in latents_mean: 0" },
        { "vae_decoder/config.json", "latents_mean", "[0.5]", "numbers in latents_mean: 16" },
        { "vae_decoder/config.json", "scale_factor_temporal", "8", "window.frames_per_latent in pack.json: 8" },
        { "model_index.json", "vae", """["diffusers","AutoencoderKL"]""", "vae_decoder of class AutoencoderKLWan" },
    };

    [Theory]
    [MemberData(nameof(Lies))]
    public void Load_AFieldThatLies_IsRefused(string file, string field, string value, string expected)
    {
        using var micro = WanMicroPack.Optimum();
        micro.Edit(file, json => json[field] = JsonNode.Parse(value));

        var refused = Assert.Throws<PackException>(micro.Load);

        Assert.True(refused.Expected.Contains(expected, StringComparison.Ordinal), refused.Message);
    }

    [Theory]
    [InlineData("vae_decoder_init.onnx")]
    [InlineData("vae_decoder.onnx")]
    [InlineData("dit.onnx")]
    [InlineData("t5_encoder_fp16.onnx")]
    [InlineData("tokenizer/spiece.model")]
    public void Load_FileIsMissing_NamesIt(string file)
    {
        using var micro = WanMicroPack.Flat();
        File.Delete(micro.PathOf(file));

        var refused = Assert.Throws<PackException>(micro.Load);

        Assert.Equal((file, "a file"), (refused.File, refused.Expected));
    }

    [Theory]
    [InlineData("dit.onnx.data")]
    [InlineData("dit.onnx_data")]
    [InlineData("weights.bin")]
    public void Load_ExternalData_IsPartOfTheFingerprint(string file)
    {
        using var micro = WanMicroPack.Flat();
        micro.Edit(PackFile, json => json["components"]!["transformer"]!["data"] = new JsonArray("weights.bin"));
        Assert.Equal("weights.bin", Assert.Throws<PackException>(micro.Load).File);
        File.WriteAllBytes(micro.PathOf("weights.bin"), [0]);

        File.WriteAllBytes(micro.PathOf(file), [1, 2, 3]);
        var before = micro.Load().Fingerprint;
        File.WriteAllBytes(micro.PathOf(file), [1, 2, 4]);

        Assert.NotEqual(before, micro.Load().Fingerprint);
    }

    [Fact]
    public void Load_TokenizerJson_SaysWhatIsRead()
    {
        using var micro = WanMicroPack.Flat();
        File.WriteAllText(micro.PathOf("tokenizer/tokenizer.json"), """{"version": "1.0"}""");
        micro.Edit(PackFile, json => json["components"]!["tokenizer"]!["config"] = "tokenizer/tokenizer.json");

        var refused = Assert.Throws<PackException>(micro.Load);

        Assert.Equal("tokenizer/tokenizer.json", refused.File);
        Assert.StartsWith("a SentencePiece model", refused.Expected, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_WithoutTheTokenizersLibrary_IsRefused()
    {
        using var micro = WanMicroPack.Flat();

        var refused = Assert.Throws<PackException>(() => Pack.Load(micro.Folder));

        Assert.Equal("Pack refused: pack.json: expected LexiconTokenizer as tokenizer, found 'T5TokenizerFast'.", refused.Message);
    }

    [Fact]
    public void Open_ByTheManagedExecutor_IsRefused()
    {
        using var micro = WanMicroPack.Flat();

        var refused = Assert.Throws<PackException>(() => new Managed.ManagedRuntimeFactory(1).Open(micro.Load()));

        Assert.Contains("found UMT5EncoderModel", refused.Message, StringComparison.Ordinal);
    }

    private void AssertRefused(WanMicroPack micro, string file, string tensor, string expected, string found)
    {
        var refused = Assert.Throws<PackException>(() => factory.Open(micro.Load()));
        Assert.Equal((file, tensor), (refused.File, refused.Tensor));
        Assert.Equal((expected, found), (refused.Expected, refused.Found));
    }
}
