using System.Text.Json;
using SoraCluster.Diffusion.Packs;
using SoraCluster.Inference.Managed.Autoencoder;
using SoraCluster.Inference.Managed.Simd;
using SoraCluster.Inference.Managed.Threading;
using SoraCluster.Testing;
using SoraCluster.Testing.Denoisers;
using static SoraCluster.Testing.Denoisers.RecordedVectors;

namespace SoraCluster.Inference.Managed.Tests.Parity;

/// <summary>What of the reference pack's parity is this executor's own.</summary>
public sealed class ParityTests() : ReferencePackParity(new ManagedRuntimeFactory(2).Open)
{
    private readonly Pack pack = Pack.Load(Repository.PathOf("models", "tiny"));

    [Fact]
    public void Tokenizer_RecordedPrompts_GiveTheRecipesIds()
    {
        using var file = Open("text_encoder");
        var ids = Table(file, "ids");
        var prompts = JsonSerializer.Deserialize<string[]>(file.Metadata["prompts"])!;
        for (var i = 0; i < prompts.Length; i++)
        {
            var found = pack.Tokenizer.Tokenize(prompts[i]);
            Assert.Equal(ids[i].Select(id => (int)id), found.Ids.Concat(new int[pack.Tokenizer.MaxLength - found.Ids.Count]));
            Assert.Empty(found.UnknownWords);
        }
    }

    [Fact]
    public void Decoder_RecordedLatents_GiveTheRecipesFrames()
    {
        using var file = Open("vae_decoder");
        using var team = new ThreadTeam(2);
        using var weights = pack.OpenWeights(PackRoles.VaeDecoder);
        var config = pack.Config<FrameDecoderConfig>(PackRoles.VaeDecoder);
        var decoder = new FrameDecoder<Lanes128>(pack.Manifest.VideoShape, config, weights, team);
        var (latents, frames) = (Table(file, "latents"), Table(file, "frames"));
        for (var i = 0; i < latents.Length; i++)
        {
            decoder.Decode(latents[i]);
            AssertClose(frames[i].Select(x => Math.Clamp(x, -1f, 1f)).ToArray(), ChannelsFirst(decoder.Samples(), decoder.Height * decoder.Width), $"frames {i}");
        }
    }

    [Fact]
    public void Encoder_RecordedFrames_GiveTheRecipesLatents()
    {
        using var file = Open("vae_encoder");
        using var runtime = new ManagedRuntimeFactory(2).Open(pack);
        var (frames, latents) = (Table(file, "frames"), Table(file, "latents"));
        for (var i = 0; i < frames.Length; i++)
        {
            AssertClose(latents[i], runtime.Encoder!.EncodeFrames([.. frames[i].Select(value => (byte)value)]), $"latents {i}");
        }
    }

    /// <summary>[frames, pixels, 3] to [frames, 3, pixels].</summary>
    private static float[] ChannelsFirst(float[] samples, int pixels) =>
        [.. samples.Chunk(pixels * 3).SelectMany(frame => Enumerable.Range(0, 3).SelectMany(c => Enumerable.Range(0, pixels).Select(p => frame[(p * 3) + c])))];
}
