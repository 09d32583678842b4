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
    /// <param name="prefix">Where the copies go; the caller deletes them when the job is refused.</param>
    /// <returns>The spec with the keys of the copies.</returns>
    /// <exception cref="Refusal">A source has been deleted in the meantime.</exception>
    public async Task<JobSpec> MakeAsync(JobSpec spec, string prefix, CancellationToken cancellation) =>
        spec with
        {
            SourceLatents = await CopyAsync(spec.SourceLatents, spec.SourceJobId, $"{prefix}source", cancellation),
            OtherSourceLatents = await CopyAsync(spec.OtherSourceLatents, spec.OtherSourceJobId, $"{prefix}other", cancellation),
        };

    private async Task<string?> CopyAsync(string? from, string? owner, string to, CancellationToken cancellation)
    {
        if (from is null)
        {
            return null;
        }

        await using var source = await artifacts.OpenReadAsync(from, cancellation) ?? throw Refusals.NoSuchVideo(owner!);
        await artifacts.WriteAsync(to, (target, token) => source.CopyToAsync(target, token), cancellation);
        return to;
    }
}
