using SoraCluster.Domain.Artifacts;
using SoraCluster.Domain.Jobs;
using SoraCluster.Gateway.Errors;

namespace SoraCluster.Gateway.Videos;

/// <summary>
/// Gives a job its own copy of the latents that it is made from: its source may be deleted or expire while it waits, and whoever runs
/// it needs no way to another job.
/// </summary>
internal sealed class SourceCopies(IArtifactStore artifacts)
{
    /// <param name="spec">Its latents' keys are those of the sources.</param>
    /// <param name="prefix">Where the copies go.</param>
    /// <param name="made">Gets every key before it is written, for the caller to delete when the job is refused.</param>
    /// <returns>The spec with the keys of the copies.</returns>
    /// <exception cref="Refusal">A source has been deleted in the meantime.</exception>
    public async Task<JobSpec> MakeAsync(JobSpec spec, string prefix, List<string> made, CancellationToken cancellation) =>
        spec with
        {
            SourceLatents = await CopyAsync(spec.SourceLatents, spec.SourceJobId, $"{prefix}source", made, cancellation),
            OtherSourceLatents = await CopyAsync(spec.OtherSourceLatents, spec.OtherSourceJobId, $"{prefix}other", made, cancellation),
        };

    private async Task<string?> CopyAsync(string? from, string? owner, string to, List<string> made, CancellationToken cancellation)
    {
        if (from is null)
        {
            return null;
        }

        await using var source = await artifacts.OpenReadAsync(from, cancellation) ?? throw Refusals.NoSuchVideo(owner!);
        made.Add(to);
        await artifacts.WriteAsync(to, (target, token) => source.CopyToAsync(target, token), cancellation);
        return to;
    }
}
