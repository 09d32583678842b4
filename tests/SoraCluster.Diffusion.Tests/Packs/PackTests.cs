using System.Text.Json.Nodes;
using SoraCluster.Diffusion.Packs;
using SoraCluster.Diffusion.Samplers;
using SoraCluster.Testing.Packs;

namespace SoraCluster.Diffusion.Tests.Packs;

public class PackTests
{
    private const string TransformerWeights = "transformer/diffusion_pytorch_model.safetensors";

    [Fact]
    public void Load_SoundPack_TellsWhatItIs()
    {
        using var micro = MicroPack.Create();
        var pack = micro.Load();

        Assert.Equal("micro", pack.Manifest.Id);
        Assert.Equal(16, pack.Manifest.WindowFrames);
        Assert.Equal(8, pack.Manifest.MelFramesPerFrame);
        Assert.Equal([1, 2], pack.Tokenizer.Tokenize("red blue").Ids);
        Assert.Equal(3.0, Assert.IsType<FlowMatchEulerConfig>(pack.Scheduler).Shift);
        Assert.Equal(64, pack.Fingerprint.Length);
        using var weights = pack.OpenWeights(PackRoles.Transformer);
        Assert.Equal([96, 32], weights.Info("transformer_blocks.1.attn.to_qkv.weight").Shape);
    }

    [Fact]
    public void Fingerprint_OneWeightChanged_Changes()
    {
        using var micro = MicroPack.Create();
        using var twin = MicroPack.Create();
        var before = micro.Load().Fingerprint;
        Assert.Equal(before, twin.Load().Fingerprint);

        micro.EditWeights(TransformerWeights, tensor => tensor.Name == "pos_embed" ? tensor with { Values = OneMore(tensor.Values) } : tensor);

        Assert.NotEqual(before, micro.Load().Fingerprint);
    }

    [Theory]
    [InlineData("pack.json")]
    [InlineData("model_index.json")]
    [InlineData("scheduler/scheduler_config.json")]
    [InlineData("tokenizer/lexicon.json")]
    [InlineData("transformer/config.json")]
    [InlineData(TransformerWeights)]
    [InlineData("vae_decoder/model.safetensors")]
    public void Load_MissingFile_NamesIt(string file)
    {
        using var micro = MicroPack.Create();
        File.Delete(micro.PathOf(file));
        AssertRefused(micro, file, null, "a file", "none");
    }

    [Theory]
    [InlineData("pack.json")]
    [InlineData("model_index.json")]
    [InlineData("tokenizer/lexicon.json")]
    [InlineData("text_encoder/config.json")]
    public void Load_BrokenJson_NamesTheFile(string file)
    {
        using var micro = MicroPack.Create();
        File.WriteAllText(micro.PathOf(file), """{"a": """);
        AssertRefused(micro, file, null, "JSON", "");
    }

    [Fact]
    public void Load_NoFolder_SaysSo()
    {
        var e = Assert.Throws<PackException>(() => Pack.Load(Path.Combine(Path.GetTempPath(), "no-such-pack")));
        Assert.Contains("no folder", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_TruncatedWeights_SaysTruncated()
    {
        using var micro = MicroPack.Create();
        using (var stream = File.OpenWrite(micro.PathOf(TransformerWeights)))
        {
            stream.SetLength(stream.Length - 1);
        }

        AssertRefused(micro, TransformerWeights, "x_embedder.weight", "data", "truncated");
    }

    [Fact]
    public void Load_WrongShape_SaysBothShapes()
    {
        using var micro = MicroPack.Create();
        micro.EditWeights(TransformerWeights, tensor => tensor.Name == "proj_out.weight" ? tensor with { Shape = [32, 24] } : tensor);
        AssertRefused(micro, TransformerWeights, "proj_out.weight", "shape [24, 32]", "shape [32, 24]");
    }

    [Fact]
    public void Load_MissingTensor_NamesIt()
    {
        using var micro = MicroPack.Create();
        micro.EditWeights(TransformerWeights, tensor => tensor.Name == "adaln.linear.bias" ? null : tensor);
        AssertRefused(micro, TransformerWeights, "adaln.linear.bias", "shape [192]", "no such tensor");
    }

    [Fact]
    public void Load_UnexpectedTensor_NamesIt()
    {
        using var micro = MicroPack.Create();
        micro.EditWeights(TransformerWeights, tensor => tensor.Name == "pos_embed" ? tensor with { Name = "pos_embedding" } : tensor);
        AssertRefused(micro, TransformerWeights, "pos_embed", "shape [16, 32]", "no such tensor");
    }

    [Fact]
    public void Load_WrongDtype_NamesIt()
    {
        using var micro = MicroPack.Create();
        var bytes = File.ReadAllBytes(micro.PathOf(TransformerWeights));
        var at = bytes.AsSpan().IndexOf("\"dtype\":\"F16\""u8);
        "\"dtype\":\"I16\""u8.CopyTo(bytes.AsSpan(at));
        File.WriteAllBytes(micro.PathOf(TransformerWeights), bytes);
        AssertRefused(micro, TransformerWeights, "adaln.linear.bias", "F16", "I16");
    }

    public static TheoryData<string, string, string, string> Lies => new()
    {
        { "pack.json", "format", "\"soracluster-pack/9\"", "soracluster-pack/1" },
        { "pack.json", "id", "\"Bad Id\"", "an id" },
        { "pack.json", "width", "33", "latent width" },
        { "pack.json", "width", "0", "width from 1" },
        { "pack.json", "prediction_type", "\"epsilon\"", "prediction_type" },
        { "pack.json", "audio_shift", "0.5", "audio_shift" },
        { "pack.json", "sample_rate", "22050", "sample_rate" },
        { "pack.json", "frame_rate", "12", "as many samples" },
        { "pack.json", "latents", """{"video":[4,4,4,6]}""", "latents.audio" },
        { "pack.json", "latents", """{"video":[4,4,6],"audio":[128,40]}""", "4 dimensions" },
        { "pack.json", "latents", """{"video":[4,4,4,8],"audio":[128,40]}""", "latent_channels" },
        { "pack.json", "window", """{"frames_per_latent":4,"overlap_latent_frames":1,"mel_frames_per_token":8,"overlap_audio_tokens":3}""", "overlap_audio_tokens" },
        { "pack.json", "name", "null", "JSON" },
        { "model_index.json", "transformer", """["soracluster","OtherTransformer"]""", "JointTransformer" },
        { "transformer/config.json", "_class_name", "\"OtherTransformer\"", "_class_name" },
        { "transformer/config.json", "num_heads", "5", "num_heads" },
        { "transformer/config.json", "hidden_size", "64", "shape [64" },
        { "text_encoder/config.json", "vocab_size", "9", "shape [9" },
        { "scheduler/scheduler_config.json", "invert_sigmas", "true", "invert_sigmas" },
        { "scheduler/scheduler_config.json", "use_karras_sigmas", "true", "use_karras_sigmas" },
        { "scheduler/scheduler_config.json", "shift", "0", "positive shift" },
        { "vae_decoder/config.json", "up_channels", "[32,24]", "three up_channels" },
        { "vae_decoder/config.json", "latents_std", "[1,1,1,1,1,0]", "latents_std" },
        { "vocoder/config.json", "n_fft", "500", "power of two" },
        { "vocoder/config.json", "mel_mean", "[1,2]", "mel_mean" },
        { "vocoder/config.json", "mel_mean", "\"x\"", "JSON" },
    };

    [Theory]
    [MemberData(nameof(Lies))]
    public void Load_AFieldThatLies_IsRefused(string file, string field, string value, string message)
    {
        using var micro = MicroPack.Create();
        micro.Edit(file, json => json[field] = JsonNode.Parse(value));
        var e = Assert.Throws<PackException>(micro.Load);
        Assert.True(e.Message.Contains(message, StringComparison.Ordinal), e.Message);
    }

    [Theory]
    [InlineData("../secret.json")]
    [InlineData("/etc/passwd")]
    [InlineData("scheduler/../../x")]
    [InlineData("")]
    public void Load_PathOutsideTheFolder_IsRefused(string path)
    {
        using var micro = MicroPack.Create();
        micro.Edit("pack.json", json => json["components"]!["scheduler"]!["config"] = path);
        AssertRefused(micro, "pack.json", null, "relative", path);
    }

    [Fact]
    public void Load_UnknownClass_IsRefused()
    {
        using var micro = MicroPack.Create();
        micro.Edit("pack.json", json => json["components"]!["vocoder"]!["class"] = "WaveNet");
        micro.Edit("model_index.json", json => json["vocoder"]![1] = "WaveNet");
        AssertRefused(micro, "pack.json", null, "a known class as vocoder", "WaveNet");
    }

    [Fact]
    public void Load_RoleLeftOut_IsRefused()
    {
        using var micro = MicroPack.Create();
        micro.Edit("pack.json", json => json["components"]!.AsObject().Remove("vocoder"));
        AssertRefused(micro, "pack.json", null, "components.vocoder", "none");
    }

    private static void AssertRefused(MicroPack micro, string file, string? tensor, string expected, string found)
    {
        var e = Assert.Throws<PackException>(micro.Load);
        Assert.Equal(file, e.File);
        Assert.Equal(tensor, e.Tensor);
        Assert.Contains(expected, e.Expected, StringComparison.Ordinal);
        Assert.Contains(found, e.Found, StringComparison.Ordinal);
    }

    private static float[] OneMore(ReadOnlyMemory<float> values)
    {
        var changed = values.ToArray();
        changed[^1] += 0.5f;
        return changed;
    }
}
