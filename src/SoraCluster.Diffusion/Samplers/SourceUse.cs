namespace SoraCluster.Diffusion.Samplers;

/// <summary>What a clip takes from the clips, or the picture, that it is made from.</summary>
public enum SourceUse
{
    /// <summary>The whole clip is noised to a strength and denoised again under the new words (SDEdit, Meng et al. 2021).</summary>
    Rework,

    /// <summary>Two clips are interpolated, from the first to the second over time, and then reworked.</summary>
    Blend,

    /// <summary>The clip is kept and goes on: its last latent frames are given to the first new window.</summary>
    Extend,

    /// <summary>The clip's last window is made anew between its own beginning and the clip's first frames, so that the end meets the start.</summary>
    Loop,

    /// <summary>The first latent frame is that of a picture that stands still; all that follows is made anew, and all of the sound.</summary>
    Picture,
}
