namespace SoraCluster.Diffusion.Packs;

/// <summary>
/// Class <c>FrameGroupEncoder</c>: a few picture frames to one latent frame, the mirror of <see cref="FrameDecoderConfig"/>, for conditioning on
/// pictures.
/// </summary>
/// <param name="LatentChannels">Channels of the latent.</param>
/// <param name="FramesPerLatent">Picture frames per latent frame.</param>
/// <param name="LatentsMean">Per channel: latent = (encoder output - mean) / std.</param>
/// <param name="LatentsStd">Per channel, positive.</param>
public sealed record FrameEncoderConfig(int LatentChannels, int FramesPerLatent, float[] LatentsMean, float[] LatentsStd) : ComponentConfig
{
    /// <inheritdoc/>
    public override Contradiction? Check(PackManifest manifest) =>
        Contradiction.Differ("latent_channels as in pack.json:", manifest.VideoShape.Dims[3], LatentChannels)
        ?? Contradiction.Differ("frames_per_latent as in pack.json:", manifest.Window.FramesPerLatent, FramesPerLatent)
        ?? Contradiction.Differ("numbers in latents_mean:", LatentChannels, LatentsMean.Length)
        ?? Contradiction.Differ("numbers in latents_std:", LatentChannels, LatentsStd.Length);
}
