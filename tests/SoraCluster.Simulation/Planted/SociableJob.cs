using SoraCluster.Domain.Jobs;

namespace SoraCluster.Simulation.Planted;

/// <summary>The other half of the bug: neither is the worker.</summary>
internal sealed class SociableJob(IGenerationJob job) : IGenerationJob
{
    public Task<SubmitAnswer> SubmitAsync(JobSpec spec) => job.SubmitAsync(spec);

    public Task<JobSnapshot?> GetAsync() => job.GetAsync();

    public Task<JobSnapshot?> CancelAsync() => job.CancelAsync();

    public Task<bool> DeleteAsync() => job.DeleteAsync();

    public async Task<LeaseGrant?> AcquireAsync(AcquireLease request) =>
        await job.AcquireAsync(request) is { } grant ? grant with { Alone = false } : null;

    public Task<LeaseAnswer> ReportAsync(StepProgress progress) => job.ReportAsync(progress);

    public Task<LeaseAnswer> CheckpointAsync(CheckpointSaved checkpoint) => job.CheckpointAsync(checkpoint);

    public Task<LeaseAnswer> ReleaseAsync(ReleaseLease release) => job.ReleaseAsync(release);

    public Task<LeaseAnswer> CompleteAsync(JobCompleted completed) => job.CompleteAsync(completed);

    public Task<LeaseAnswer> FailAsync(JobFailed failed) => job.FailAsync(failed);

    public Task RecoverAsync(JobIndexEntry entry) => job.RecoverAsync(entry);
}
