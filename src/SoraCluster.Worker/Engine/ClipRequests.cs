using SoraCluster.Diffusion.Packs;
using SoraCluster.Diffusion.Samplers;
using SoraCluster.Domain.Errors;
using SoraCluster.Domain.Jobs;

namespace SoraCluster.Worker.Engine;

/// <summary>What a job's spec means to the sampler.</summary>
internal static class ClipRequests
{
    /// <exception cref="SoraException">The job asks for what no pack here does.</exception>
    public static ClipSettings ToSettings(JobSpec spec, PackManifest manifest) =>
        spec.Operation == JobOperation.Create && spec.InputArtifact is null
            ? Plain(spec, manifest)
            : throw new SoraException(
                SoraErrorCode.UnsupportedByModel, $"The model '{spec.Pack}' only makes new clips from text.");

    /// <summary>The settings of a new clip, whatever the operation.</summary>
    public static ClipSettings Plain(JobSpec spec, PackManifest manifest) => new(
        spec.Prompt, spec.NegativePrompt, spec.Seed, spec.Steps, spec.GuidanceScale, spec.Seconds * manifest.FrameRate);
}
