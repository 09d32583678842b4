namespace SoraCluster.Diffusion.Packs;

/// <summary>How the windows of a long clip are laid out in latents. The window's own length is in <see cref="PackManifest.Latents"/>.</summary>
/// <param name="FramesPerLatent">Picture frames per latent frame.</param>
/// <param name="OverlapLatentFrames">
/// Latent frames that a further window is given from the one before; 0 in a pack that was not made to go on: its clips are one window.
/// </param>
/// <param name="MelFramesPerToken">Mel frames per audio token.</param>
/// <param name="OverlapAudioTokens">Audio tokens that a further window is given from the one before; as long as the overlapping latent frames.</param>
/// <param name="FirstFrames">Picture frames of a clip's first latent frame, where that is another number: 1 in causal autoencoders.</param>
public sealed record PackWindow(
    int FramesPerLatent, int OverlapLatentFrames, int MelFramesPerToken = 0, int OverlapAudioTokens = 0, int? FirstFrames = null)
{
    /// <summary>Picture frames that so many latent frames make, from a clip's start; 0 for none.</summary>
    public int Frames(int latentFrames) =>
        latentFrames == 0 ? 0 : (FirstFrames ?? FramesPerLatent) + ((latentFrames - 1) * FramesPerLatent);

    /// <summary>The fewest latent frames that make so many picture frames, 1 or more.</summary>
    public int LatentFrames(int frames)
    {
        var beyond = Math.Max(0, frames - (FirstFrames ?? FramesPerLatent));
        return 1 + ((beyond + FramesPerLatent - 1) / FramesPerLatent);
    }
}
