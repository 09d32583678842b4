using SoraCluster.Diffusion.Latents;
using SoraCluster.Diffusion.Packs;

namespace SoraCluster.Diffusion.Samplers;

/// <summary>That a clip is made from others, or from a picture. Their latents are handed to <see cref="ClipSampler.Start"/>; a checkpoint holds what is left of them.</summary>
/// <param name="Use">What is taken from them.</param>
/// <param name="Frames">Picture frames of the source, of each of two; of a picture, those of the latent frame that it becomes.</param>
/// <param name="Strength">
/// Share of the noise schedule that is run again, above 0 to 1. Only for <see cref="SourceUse.Rework"/> and <see cref="SourceUse.Blend"/>;
/// 1 leaves nothing of the source.
/// </param>
public sealed record ClipSource(SourceUse Use, int Frames, float Strength = 1)
{
    /// <summary>Clips that are handed over: 2 for a blend, else 1.</summary>
    public int Count => Use == SourceUse.Blend ? 2 : 1;

    /// <summary>A picture as a source: one latent frame, without sound.</summary>
    public static LatentShape PictureShape(PackManifest pack) => new(LatentNames.Video, [1, .. pack.VideoShape.Dims[1..]]);

    /// <summary>Whether the noise is mixed with the source, so that only a part of the schedule is run.</summary>
    public bool StartsFromSource => Use is SourceUse.Rework or SourceUse.Blend;

    /// <summary>How many of a window's solver steps are run: the last ones, at least one.</summary>
    public int StepsOf(int steps) => StartsFromSource ? Math.Clamp((int)((steps * Strength) + 0.5f), 1, steps) : steps;
}
