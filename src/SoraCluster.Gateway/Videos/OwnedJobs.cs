using SoraCluster.Domain.Jobs;
using SoraCluster.Domain.State;
using SoraCluster.Gateway.Errors;
using SoraCluster.Gateway.Identity;

namespace SoraCluster.Gateway.Videos;

/// <summary>The only way from an id to a job: another user's, a deleted and an expired one are all the same "not found".</summary>
internal sealed class OwnedJobs(IEntities entities, TimeProvider clock)
{
    /// <exception cref="Refusal">There is no such job of the caller's.</exception>
    public async Task<(IGenerationJob Entity, JobSnapshot Job)> GetAsync(string id, Caller caller)
    {
        if (!JobIds.IsWellFormed(id))
        {
            throw Refusals.NoSuchVideo(id);
        }

        var entity = entities.Get<IGenerationJob>(id);
        return await entity.GetAsync() is { } job && IsVisible(job, caller)
            ? (entity, job)
            : throw Refusals.NoSuchVideo(id);
    }

    public bool IsVisible(JobSnapshot job, Caller caller) =>
        job.Spec.Owner == caller.Owner && !(job.ExpiresAt <= clock.GetUtcNow());
}
