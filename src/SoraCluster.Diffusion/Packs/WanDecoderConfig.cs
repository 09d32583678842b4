namespace SoraCluster.Diffusion.Packs;

/// <summary>
/// Class <c>AutoencoderKLWan</c> of diffusers, the decoding half, which runs as a graph: what its <c>config.json</c> must say. It is causal: the first
/// latent frame is one picture, each further one <paramref name="ScaleFactorTemporal"/>.
/// </summary>
/// <param name="ZDim">Channels of the latents.</param>
/// <param name="LatentsMean">Per channel: decoder input = latent * std + mean. Left out where the graph does that itself.</param>
/// <param name="LatentsStd">Per channel, positive; left out along with the means.</param>
/// <param name="ScaleFactorTemporal">Pictures per latent frame.</param>
/// <param name="ScaleFactorSpatial">Picture pixels per latent pixel, in each direction.</param>
public sealed record WanDecoderConfig(
    int ZDim, float[]? LatentsMean = null, float[]? LatentsStd = null, int ScaleFactorTemporal = 4, int ScaleFactorSpatial = 8) : ComponentConfig
{
    /// <inheritdoc/>
    public override Contradiction? Check(PackManifest manifest) =>
        Contradiction.Differ("z_dim as in pack.json:", manifest.VideoShape.Dims[3], ZDim)
        ?? Contradiction.Differ("numbers in latents_mean:", LatentsStd is null ? 0 : ZDim, LatentsMean?.Length ?? 0)
        ?? Contradiction.Differ("numbers in latents_std:", LatentsMean is null ? 0 : ZDim, LatentsStd?.Length ?? 0)
        ?? Contradiction.NotPositive("latents_std", LatentsStd?.Min() ?? 1)
        ?? Contradiction.Differ("window.first_frames in pack.json:", 1, manifest.Window.FirstFrames ?? manifest.Window.FramesPerLatent)
        ?? Contradiction.Differ("window.frames_per_latent in pack.json:", ScaleFactorTemporal, manifest.Window.FramesPerLatent)
        ?? Contradiction.Differ("height in pack.json:", manifest.VideoShape.Dims[1] * ScaleFactorSpatial, manifest.Height)
        ?? Contradiction.Differ("width in pack.json:", manifest.VideoShape.Dims[2] * ScaleFactorSpatial, manifest.Width);
}
