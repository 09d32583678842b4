using SoraCluster.Diffusion.Packs;
using SoraCluster.Diffusion.Samplers;
using SoraCluster.Domain.Errors;
using SoraCluster.Domain.Jobs;

namespace SoraCluster.Worker.Engine;

/// <summary>What a job's spec means to the sampler.</summary>
internal static class ClipRequests
{
    /// <exception cref="SoraException">The job asks for what the pack does not do.</exception>
    public static ClipSettings ToSettings(JobSpec spec, PackManifest manifest) =>
        spec.InputArtifact is null ? Settings(spec, manifest)
        : !manifest.StartsFromPicture
            ? throw new SoraException(SoraErrorCode.UnsupportedByModel, $"The model '{spec.Pack}' cannot start from a picture or a clip.")
        : spec.Operation is JobOperation.Create ? Settings(spec, manifest) with { Source = new(SourceUse.Picture, manifest.Window.FramesPerLatent) }
        : Settings(spec, manifest);

    /// <summary>The settings of a clip, whether or not it starts from a picture: what it costs does not depend on that.</summary>
    public static ClipSettings Settings(JobSpec spec, PackManifest manifest) => new(
        Words(spec, manifest), spec.NegativePrompt, spec.Seed, spec.Steps, spec.GuidanceScale, spec.Seconds * manifest.FrameRate,
        Source(spec, manifest));

    /// <summary>What the pack reads: the style's words after those of every part.</summary>
    private static string Words(JobSpec spec, PackManifest manifest)
    {
        var prompt = spec.Conditioning ?? spec.Prompt;
        return spec.Style is { } style && manifest.Styles?.GetValueOrDefault(style) is { } words
            ? TimedText.Join([.. TimedText.Split(prompt).Select(part => part with { Text = part.Text.Length == 0 ? words : $"{part.Text}, {words}" })])
            : prompt;
    }

    private static ClipSource? Source(JobSpec spec, PackManifest manifest)
    {
        var frames = spec.SourceSeconds * manifest.FrameRate;
        return spec.Operation switch
        {
            JobOperation.Create => null,
            JobOperation.Remix or JobOperation.Edit => new ClipSource(SourceUse.Rework, frames, spec.Strength),
            JobOperation.Blend => new ClipSource(SourceUse.Blend, frames, spec.Strength),
            JobOperation.Extend => new ClipSource(SourceUse.Extend, frames),
            JobOperation.Loop => new ClipSource(SourceUse.Loop, frames),
            _ => throw new SoraException(SoraErrorCode.UnsupportedByModel, $"The model '{spec.Pack}' does not {spec.Operation}."),
        };
    }
}
