using SoraCluster.Diffusion.Packs;

namespace SoraCluster.Diffusion.Samplers;

/// <summary>Ranges of <see cref="ClipSettings"/>.</summary>
internal static class ClipSettingsRules
{
    private const int MaxSteps = 1000;
    private const float MaxGuidance = 50;

    /// <exception cref="ArgumentException">A setting is out of range; the parameter name is the setting's.</exception>
    public static void Check(ClipSettings settings, PackManifest manifest)
    {
        ArgumentNullException.ThrowIfNull(settings.Prompt);
        Range(settings.Steps, 1, MaxSteps, nameof(settings.Steps));
        Range(settings.Frames, 1, manifest.MaxFrames, nameof(settings.Frames));
        if (!(settings.GuidanceScale >= 1 && settings.GuidanceScale <= MaxGuidance))
        {
            throw new ArgumentOutOfRangeException(
                nameof(settings.GuidanceScale), settings.GuidanceScale, $"Guidance is 1 (none) to {MaxGuidance}.");
        }

        if (settings.Source is { } source)
        {
            CheckSource(source, settings.Frames, manifest);
        }
    }

    private static void Range(int value, int least, int most, string name)
    {
        if (value < least || value > most)
        {
            throw new ArgumentOutOfRangeException(name, value, $"{name} must be {least} to {most}.");
        }
    }

    private static void CheckSource(ClipSource source, int frames, PackManifest manifest)
    {
        Range(source.Frames, 1, manifest.MaxFrames, nameof(source.Frames));
        if (!(source.Strength > 0 && source.Strength <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(source.Strength), source.Strength, "Strength is above 0 to 1.");
        }

        var whole = manifest.Window.FramesPerLatent;
        var kept = source.Use == SourceUse.Loop
            ? frames - (WindowPlan.LoopLatentFrames(manifest) * whole)
            : source.Frames;
        switch (source.Use)
        {
            case SourceUse.Picture when !manifest.StartsFromPicture:
                throw new ArgumentException("The pack was not made to start from a picture.", nameof(source));
            case SourceUse.Picture when source.Frames != whole:
                throw new ArgumentException($"A picture becomes one latent frame ({whole} frames).", nameof(source));
            case SourceUse.Extend when manifest.Window.OverlapLatentFrames == 0:
                throw new ArgumentException("The pack was not made to go on from a clip's end: it cannot extend.", nameof(source));
            case SourceUse.Extend when source.Frames >= frames:
                throw new ArgumentException("An extended clip is longer than its source.", nameof(source));
            case SourceUse.Rework or SourceUse.Blend or SourceUse.Loop when source.Frames != frames:
                throw new ArgumentException("The clip is as long as its source.", nameof(source));
            case SourceUse.Loop when !manifest.Bridges || WindowPlan.LoopLatentFrames(manifest) < 1:
                throw new ArgumentException("The pack was not made to lead from one picture to another: it cannot loop.", nameof(source));
            case SourceUse.Extend or SourceUse.Loop when source.Frames % whole != 0:
                throw new ArgumentException($"The source does not end on a whole latent frame ({whole} frames).", nameof(source));
            case SourceUse.Extend or SourceUse.Loop when kept < manifest.Window.OverlapLatentFrames * whole:
                throw new ArgumentException("The source is too short for what is carried over from it.", nameof(source));
        }
    }
}
