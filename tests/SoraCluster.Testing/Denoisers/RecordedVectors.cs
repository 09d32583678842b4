using SoraCluster.Diffusion;
using SoraCluster.Diffusion.Latents;
using SoraCluster.Diffusion.Packs;
using SoraCluster.Diffusion.Safetensors;

namespace SoraCluster.Testing.Denoisers;

/// <summary>PyTorch's activations of the reference pack, recorded by the recipe.</summary>
public static class RecordedVectors
{
    /// <summary>Each error at most this share of the tensor's largest value, all together at most this share of its norm.</summary>
    private const double Tolerance = 1e-4;

    /// <summary>The recorded rows of a pass.</summary>
    public static DenoiseRow[] TransformerRows(SafetensorsFile file)
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
                Timestep = timestep[i][0],
                Text = new TextConditioning(hidden[i], pooled[i]),
                GivenVideo = [.. givenVideo[i].Select(x => x > 0)],
                GivenAudio = [.. givenAudio[i].Select(x => x > 0)],
            };
            video[i].CopyTo(row.Latents[LatentNames.Video], 0);
            audio[i].CopyTo(row.Latents[LatentNames.Audio], 0);
            return row;
        })];
    }

    /// <summary>One of the files below <c>parity/</c>; the caller disposes.</summary>
    public static SafetensorsFile Open(string name) => SafetensorsFile.Open(Repository.PathOf("models", "tiny", "parity", $"{name}.safetensors"));

    private static LatentShape Shape(SafetensorsFile file, string tensor, string name) =>
        new(name, [.. file.Info(tensor).Shape.Skip(1).Select(dim => (int)dim)]);

    /// <summary>A tensor cut along its first dimension.</summary>
    public static float[][] Table(SafetensorsFile file, string tensor)
    {
        var values = file.ReadFloats(tensor);
        return [.. values.Chunk(values.Length / (int)file.Info(tensor).Shape[0])];
    }

    public static void AssertClose(float[] expected, float[] found, string what)
    {
        Assert.Equal(expected.Length, found.Length);
        var errors = expected.Zip(found, (a, b) => (double)a - b).ToArray();
        var worst = errors.Max(Math.Abs) / Math.Max(expected.Max(Math.Abs), 1e-3);
        var overall = Math.Sqrt(errors.Sum(x => x * x) / Math.Max(expected.Sum(x => (double)x * x), 1e-6));
        Assert.True(worst <= Tolerance && overall <= Tolerance, $"{what}: {worst:E2} of the largest value, {overall:E2} of the norm");
    }
}
