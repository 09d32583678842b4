using System.Globalization;
using SoraCluster.Diffusion;
using SoraCluster.Diffusion.Latents;
using SoraCluster.Diffusion.Packs;
using SoraCluster.Diffusion.Safetensors;
using SoraCluster.Diffusion.Samplers;
using static SoraCluster.Testing.Denoisers.RecordedVectors;

namespace SoraCluster.Testing.Denoisers;

/// <summary>The reference pack against <see cref="RecordedVectors"/>, on whatever runs it. Derive and say how it is opened.</summary>
public abstract class ReferencePackParity : IDisposable
{
    private readonly Pack pack = Pack.Load(Repository.PathOf("models", "tiny"));
    private readonly IPackRuntime runtime;

    protected ReferencePackParity(Func<Pack, IPackRuntime> open) => runtime = open(pack);

    public void Dispose()
    {
        runtime.Dispose();
        GC.SuppressFinalize(this);
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

    /// <summary>The whole loop by the pack's own solver: noise from the seed, schedule, guidance and steps, every network's error carried along.</summary>
    [Fact]
    public void Sampler_RecordedSeeds_GiveTheRecipesLatents()
    {
        using var file = Open("sampler");
        var (ids, sigmas) = (Table(file, "ids"), file.ReadFloats("sigmas"));
        var (video, audio) = (Table(file, "video"), Table(file, "audio"));
        for (var i = 0; i < ids.Length; i++)
        {
            var clip = Sampler(file, i);
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

    /// <summary>One of the recorded clips before its first step.</summary>
    private ClipSampler Sampler(SafetensorsFile file, int index)
    {
        var words = new Queue<int[]>([[.. Table(file, "ids")[index].Select(id => (int)id)], []]);
        var settings = new ClipSettings(
            "", null, ulong.Parse(file.Metadata["seeds"].Split(' ')[index], CultureInfo.InvariantCulture),
            int.Parse(file.Metadata["steps"], CultureInfo.InvariantCulture),
            float.Parse(file.Metadata["guidance_scale"], CultureInfo.InvariantCulture),
            pack.Manifest.VideoShape.Dims[0] * pack.Manifest.Window.FramesPerLatent);
        return ClipSampler.Start(pack, settings, _ => runtime.Denoiser.EncodeText(words.Dequeue()));
    }
}
