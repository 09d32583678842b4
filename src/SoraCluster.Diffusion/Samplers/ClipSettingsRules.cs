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
    }

    private static void Range(int value, int least, int most, string name)
    {
        if (value < least || value > most)
        {
            throw new ArgumentOutOfRangeException(name, value, $"{name} must be {least} to {most}.");
        }
    }
}
