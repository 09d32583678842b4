using SoraCluster.Domain.Jobs;

namespace SoraCluster.Simulation.Planted;

/// <summary>The bug: whatever token is shown passes for the current one.</summary>
internal sealed class UnfencedJob(IGenerationJob job, Func<long> token) : IGenerationJob
{
    public Task<SubmitAnswer> SubmitAsync(JobSpec spec) => job.SubmitAsync(spec);

    public Task<JobSnapshot?> GetAsync() => job.GetAsync();

    public Task<JobSnapshot?> CancelAsync() => job.CancelAsync();

    public Task<bool> DeleteAsync() => job.DeleteAsync();

    public Task<LeaseGrant?> AcquireAsync(AcquireLease request) => job.AcquireAsync(request);

    public Task<LeaseAnswer> ReportAsync(StepProgress progress) => job.ReportAsync(progress with { Token = token() });

    public Task<LeaseAnswer> CheckpointAsync(CheckpointSaved checkpoint) => job.CheckpointAsync(checkpoint with { Token = token() });

    public Task<LeaseAnswer> ReleaseAsync(ReleaseLease release) => job.ReleaseAsync(release with { Token = token() });

    public Task<LeaseAnswer> CompleteAsync(JobCompleted completed) => job.CompleteAsync(completed with { Token = token() });

    public Task<LeaseAnswer> FailAsync(JobFailed failed) => job.FailAsync(failed with { Token = token() });

    public Task RecoverAsync(JobIndexEntry entry) => job.RecoverAsync(entry);
}
