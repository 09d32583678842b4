namespace SoraCluster.Diffusion.Samplers;

/// <summary>Everything that, with the pack, determines a clip's latents to the bit.</summary>
/// <param name="Prompt">
/// What to show and to sound, in any of the pack's languages; where it changes over the clip, its parts: U+001E between them, each <c>seconds U+001F text</c>,
/// or <c>seconds U+001D text</c> where a shot begins.
/// </param>
/// <param name="NegativePrompt">What to steer away from; null or empty for the plain unconditional branch. Used only with guidance.</param>
/// <param name="Seed">Key of the noise.</param>
/// <param name="Steps">Solver steps per window, 1 to 1000.</param>
/// <param name="GuidanceScale">Classifier-free guidance, 1 to 50; 1 means none and halves the work.</param>
/// <param name="Frames">Picture frames asked for, 1 to the pack's maximum.</param>
/// <param name="Source">The clips or the picture that it is made from; null for one made from words alone.</param>
public sealed record ClipSettings(
    string Prompt, string? NegativePrompt, ulong Seed, int Steps, float GuidanceScale, int Frames, ClipSource? Source = null)
{
    /// <summary>Solver steps that are run in each window: all of them, unless the clip starts from a source.</summary>
    public int StepsPerWindow => Source?.StepsOf(Steps) ?? Steps;
}
