namespace SoraCluster.Diffusion.Packs;

/// <summary>How the windows of a long clip are laid out in latents. The window's own length is in <see cref="PackManifest.Latents"/>.</summary>
/// <param name="FramesPerLatent">Picture frames per latent frame.</param>
/// <param name="OverlapLatentFrames">Latent frames that a further window is given from the one before.</param>
/// <param name="MelFramesPerToken">Mel frames per audio token.</param>
/// <param name="OverlapAudioTokens">Audio tokens that a further window is given from the one before; as long as the overlapping latent frames.</param>
public sealed record PackWindow(int FramesPerLatent, int OverlapLatentFrames, int MelFramesPerToken, int OverlapAudioTokens);
