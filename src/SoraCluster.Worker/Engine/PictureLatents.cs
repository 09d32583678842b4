using SoraCluster.Diffusion;
using SoraCluster.Diffusion.Latents;
using SoraCluster.Diffusion.Samplers;
using SoraCluster.Domain.Errors;

namespace SoraCluster.Worker.Engine;

/// <summary>A picture as what a clip starts from: the latents of a moment in which nothing moves.</summary>
internal static class PictureLatents
{
    /// <param name="rgb">RGB24 at the pack's size.</param>
    /// <param name="runtime">Encodes it.</param>
    /// <returns><c>video [1, H, W, C]</c>.</returns>
    /// <exception cref="SoraException">The pack starts from words alone.</exception>
    public static LatentSet Of(ReadOnlySpan<byte> rgb, IPackRuntime runtime)
    {
        var pack = runtime.Pack.Manifest;
        var encoder = runtime.Encoder
            ?? throw new SoraException(SoraErrorCode.UnsupportedByModel, $"The model '{pack.Id}' cannot start from a picture.");
        var still = new byte[pack.Window.FramesPerLatent * rgb.Length];
        for (var at = 0; at < still.Length; at += rgb.Length)
        {
            rgb.CopyTo(still.AsSpan(at));
        }

        var latents = new LatentSet([ClipSource.PictureShape(pack)]);
        encoder.Encode(still).CopyTo(latents[LatentNames.Video], 0);
        return latents;
    }
}
