using SoraCluster.Diffusion;
using SoraCluster.Diffusion.Latents;

namespace SoraCluster.Testing.Denoisers;

/// <summary>Rows of a forward pass with content from a seed.</summary>
public static class Rows
{
    /// <summary>The row of that number: its own noise, level, prompt and given positions.</summary>
    public static DenoiseRow Make(IDenoiser denoiser, int number)
    {
        var manifest = denoiser.Pack.Manifest;
        var shapes = manifest.WindowShapes;
        var latents = new LatentSet(shapes);
        for (var i = 0; i < shapes.Length; i++)
        {
            PhiloxNoise.Fill(latents[shapes[i].Name], (ulong)number, (uint)i, 0);
        }

        var prompts = new[] { "a red ball bounces", "", "青いボールが海辺で弾む", "red red blue", "rolls to the left on the beach" };
        var given = number % 3 == 1;
        var sigma = 1f / (1 + (number * 0.37f));
        return new DenoiseRow
        {
            Latents = latents,
            Prediction = new LatentSet(shapes),
            Sigma = sigma,
            Timestep = sigma * 1000,
            Text = denoiser.EncodeText(denoiser.Pack.Tokenizer.Tokenize(prompts[number % prompts.Length]).Ids),
            GivenVideo = [.. Enumerable.Range(0, manifest.VideoShape.Dims[0]).Select(frame => given && frame < manifest.Window.OverlapLatentFrames)],
            GivenAudio = [.. Enumerable.Range(0, manifest.AudioTokens).Select(token => given && token < manifest.Window.OverlapAudioTokens)],
        };
    }

    /// <summary>The prediction's bits, all tensors one after the other.</summary>
    public static uint[] Bits(DenoiseRow row) =>
        [.. row.Prediction.Shapes.SelectMany(shape => row.Prediction[shape.Name]).Select(BitConverter.SingleToUInt32Bits)];
}
