using SoraCluster.Diffusion.Packs;
using SoraCluster.Diffusion.Samplers;

namespace SoraCluster.Diffusion.Tests.Samplers;

/// <summary>A stand-in for the text encoder and the transformer: deterministic, and sensitive to all that it is given.</summary>
internal static class FakeNetwork
{
    public static ClipSampler Run(ClipSampler sampler)
    {
        while (!sampler.Done)
        {
            Step(sampler);
        }

        return sampler;
    }

    public static void Step(ClipSampler sampler)
    {
        foreach (var row in sampler.NextRows())
        {
            Predict(row);
        }

        sampler.Apply();
    }

    /// <summary>Some function of everything that the row holds.</summary>
    public static void Predict(DenoiseRow row)
    {
        var text = row.Text.Pooled[0];
        var given = row.GivenVideo.Count(x => x) + row.GivenAudio.Count(x => x);
        foreach (var name in new[] { "video", "audio" })
        {
            var (x, p) = (row.Latents[name], row.Prediction[name]);
            for (var i = 0; i < p.Length; i++)
            {
                p[i] = (0.7f * x[i]) - (row.Sigma * 0.3f * x[(i * 7) % x.Length]) + (text * 0.1f) + (given * 0.01f);
            }
        }
    }

    public static TextConditioning Encode(IReadOnlyList<int> ids)
    {
        var sum = ids.Aggregate(1f, (hash, id) => (hash * 1.3f) + id);
        return new TextConditioning([.. Enumerable.Repeat(sum, 16 * 32)], [.. Enumerable.Repeat(sum, 32)]);
    }
}
