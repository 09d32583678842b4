using System.Globalization;
using System.Text.Json;
using SoraCluster.Diffusion;
using SoraCluster.Diffusion.Latents;
using SoraCluster.Diffusion.Packs;
using SoraCluster.Diffusion.Safetensors;
using SoraCluster.Diffusion.Samplers;
using SoraCluster.Inference.Managed.Decoder;
using SoraCluster.Inference.Managed.Simd;
using SoraCluster.Inference.Managed.Threading;

namespace SoraCluster.Inference.Managed.Tests.Parity;

/// <summary>
/// The reference pack against PyTorch's activations, recorded by the recipe: each error at most 1e-4 of the tensor's largest value, all together at
/// most 1e-4 of its norm.
/// </summary>
public sealed class ParityTests : IDisposable
{
    private const double Tolerance = 1e-4;

    private readonly Pack pack = Pack.Load(Repository.PathOf("models", "tiny"));
    private readonly IPackRuntime runtime;

    public ParityTests() => runtime = new ManagedRuntimeFactory(2).Open(pack);

    public void Dispose() => runtime.Dispose();

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
    public void TextEncoder_RecordedPrompts_GiveTheRecipesVectors()
    {
        using var file = Open("text_encoder");
        var (ids, hidden, pooled) = (Table(file, "ids"), Table(file, "last_hidden_state"), Table(file, "pooled"));
        for (var i = 0; i < ids.Length; i++)
        {
            var text = runtime.Denoiser.EncodeText([.. ids[i].Select(id => (int)id)]);
            AssertClose(hidden[i], text.Hidden, $"hidden {i}");
            AssertClose(pooled[i], text.Pooled, $"pooled {i}");
        }
    }

    /// <summary>Rows with different times, one of them with given positions, in one batch.</summary>
    [Fact]
    public void Transformer_RecordedRows_GiveTheRecipesPredictions()
    {
        using var file = Open("transformer");
        var rows = TransformerRows(file);
        runtime.Denoiser.Denoise(rows);
        var (video, audio) = (Table(file, "sample"), Table(file, "audio_sample"));
        for (var i = 0; i < rows.Length; i++)
        {
            AssertClose(video[i], rows[i].Prediction[LatentNames.Video], $"video {i}");
            AssertClose(audio[i], rows[i].Prediction[LatentNames.Audio], $"audio {i}");
        }

        Assert.Contains(rows, row => row.GivenVideo.Contains(true) && row.GivenAudio.Contains(true));
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

    /// <summary>The whole loop from recorded noise: schedule, guidance and steps, every network's error carried along.</summary>
    [Fact]
    public void Sampler_RecordedNoise_GivesTheRecipesLatents()
    {
        using var file = Open("sampler");
        var (ids, sigmas) = (Table(file, "ids"), file.ReadFloats("sigmas"));
        var (video, audio) = (Table(file, "video"), Table(file, "audio"));
        for (var i = 0; i < ids.Length; i++)
        {
            var clip = SamplerFromNoise(file, i);
            for (; !clip.Done; clip.Apply())
            {
                var rows = clip.NextRows();
                Assert.Equal(sigmas[clip.Step], rows[0].Sigma, 1e-6f);
                runtime.Denoiser.Denoise([.. rows]);
            }

            Assert.Equal(sigmas.Length - 1, clip.Step);
            AssertClose(video[i], clip.Latents[LatentNames.Video], $"video {i}");
            AssertClose(audio[i], clip.Latents[LatentNames.Audio], $"audio {i}");
        }
    }

    /// <summary>One of the recorded clips before its first step: the recorded words, and the recorded noise instead of Philox's.</summary>
    private ClipSampler SamplerFromNoise(SafetensorsFile file, int index)
    {
        var words = new Queue<int[]>([[.. Table(file, "ids")[index].Select(id => (int)id)], []]);
        var settings = new ClipSettings(
            "", null, 0, int.Parse(file.Metadata["steps"], CultureInfo.InvariantCulture),
            float.Parse(file.Metadata["guidance_scale"], CultureInfo.InvariantCulture),
            pack.Manifest.VideoShape.Dims[0] * pack.Manifest.Window.FramesPerLatent);
        var clip = ClipSampler.Start(pack, settings, _ => runtime.Denoiser.EncodeText(words.Dequeue()));
        var latents = clip.NextRows()[0].Latents;
        Table(file, "noise_video")[index].CopyTo(latents[LatentNames.Video], 0);
        Table(file, "noise_audio")[index].CopyTo(latents[LatentNames.Audio], 0);
        return clip;
    }

    private static DenoiseRow[] TransformerRows(SafetensorsFile file)
    {
        var (video, audio, timestep) = (Table(file, "hidden_states"), Table(file, "audio_hidden_states"), Table(file, "timestep"));
        var (hidden, pooled) = (Table(file, "encoder_hidden_states"), Table(file, "pooled"));
        var (givenVideo, givenAudio) = (Table(file, "video_cond"), Table(file, "audio_cond"));
        LatentShape[] shapes = [Shape(file, "hidden_states", LatentNames.Video), Shape(file, "audio_hidden_states", LatentNames.Audio)];
        return [.. Enumerable.Range(0, timestep.Length).Select(i =>
        {
            var row = new DenoiseRow
            {
                Latents = new LatentSet(shapes),
                Prediction = new LatentSet(shapes),
                Sigma = timestep[i][0] / 1000f,
                Text = new TextConditioning(hidden[i], pooled[i]),
                GivenVideo = [.. givenVideo[i].Select(x => x > 0)],
                GivenAudio = [.. givenAudio[i].Select(x => x > 0)],
            };
            video[i].CopyTo(row.Latents[LatentNames.Video], 0);
            audio[i].CopyTo(row.Latents[LatentNames.Audio], 0);
            return row;
        })];
    }

    private static SafetensorsFile Open(string name) => SafetensorsFile.Open(Repository.PathOf("models", "tiny", "parity", $"{name}.safetensors"));

    private static LatentShape Shape(SafetensorsFile file, string tensor, string name) =>
        new(name, [.. file.Info(tensor).Shape.Skip(1).Select(dim => (int)dim)]);

    /// <summary>A tensor cut along its first dimension.</summary>
    private static float[][] Table(SafetensorsFile file, string tensor)
    {
        var values = file.ReadFloats(tensor);
        return [.. values.Chunk(values.Length / (int)file.Info(tensor).Shape[0])];
    }

    /// <summary>[frames, pixels, 3] to [frames, 3, pixels].</summary>
    private static float[] ChannelsFirst(float[] samples, int pixels) =>
        [.. samples.Chunk(pixels * 3).SelectMany(frame => Enumerable.Range(0, 3).SelectMany(c => Enumerable.Range(0, pixels).Select(p => frame[(p * 3) + c])))];

    private static void AssertClose(float[] expected, float[] found, string what)
    {
        Assert.Equal(expected.Length, found.Length);
        var errors = expected.Zip(found, (a, b) => (double)a - b).ToArray();
        var worst = errors.Max(Math.Abs) / Math.Max(expected.Max(Math.Abs), 1e-3);
        var overall = Math.Sqrt(errors.Sum(x => x * x) / Math.Max(expected.Sum(x => (double)x * x), 1e-6));
        Assert.True(worst <= Tolerance && overall <= Tolerance, $"{what}: {worst:E2} of the largest value, {overall:E2} of the norm");
    }
}
