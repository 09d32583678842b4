using SoraCluster.Diffusion;
using SoraCluster.Diffusion.Latents;
using SoraCluster.Diffusion.Samplers;
using SoraCluster.Domain.Errors;

namespace SoraCluster.Worker.Engine;

/// <summary>What was uploaded as what a clip starts from: latents.</summary>
internal static class UploadLatents
{
    /// <summary>The latents of a moment in which nothing moves.</summary>
    /// <param name="rgb">RGB24 at the pack's size.</param>
    /// <param name="runtime">Encodes it.</param>
    /// <returns><c>video [1, H, W, C]</c>.</returns>
    /// <exception cref="SoraException">The pack starts from words alone.</exception>
    public static LatentSet OfPicture(ReadOnlySpan<byte> rgb, IPackRuntime runtime)
    {
        var still = new byte[runtime.Pack.Manifest.Window.FramesPerLatent * rgb.Length];
        for (var at = 0; at < still.Length; at += rgb.Length)
        {
            rgb.CopyTo(still.AsSpan(at));
        }

        var latents = new LatentSet([ClipSource.PictureShape(runtime.Pack.Manifest)]);
        Encoder(runtime).EncodeFrames(still).CopyTo(latents[LatentNames.Video], 0);
        return latents;
    }

    /// <param name="rgb">RGB24 at the pack's size and frame rate, whole latent frames of it.</param>
    /// <param name="samples">Its sound at the pack's rate.</param>
    /// <param name="shapes">Of a clip of that length.</param>
    /// <param name="runtime">Encodes it.</param>
    /// <exception cref="SoraException">The pack starts from words alone.</exception>
    public static LatentSet OfClip(ReadOnlySpan<byte> rgb, ReadOnlySpan<float> samples, LatentShape[] shapes, IPackRuntime runtime)
    {
        var encoder = Encoder(runtime);
        var latents = new LatentSet(shapes);
        var video = latents[LatentNames.Video];
        var frames = latents.Shape(LatentNames.Video).Dims[0];
        for (var i = 0; i < frames; i++)
        {
            encoder.EncodeFrames(rgb.Slice(i * (rgb.Length / frames), rgb.Length / frames)).CopyTo(video, i * (video.Length / frames));
        }

        if (runtime.Pack.Manifest.HasAudio)
        {
            encoder.EncodeAudio(samples).CopyTo(latents[LatentNames.Audio], 0);
        }

        return latents;
    }

    private static IClipEncoder Encoder(IPackRuntime runtime) => runtime.Encoder
        ?? throw new SoraException(SoraErrorCode.UnsupportedByModel, $"The model '{runtime.Pack.Manifest.Id}' cannot start from a picture or a clip.");
}
