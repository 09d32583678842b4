using SoraCluster.Domain.Jobs;
using SoraCluster.Domain.Steps;
using SoraCluster.Domain.Users;

namespace SoraCluster.Testing.Hosting;

/// <summary>References to entities, each over a caller.</summary>
public static class EntityProxies
{
    public static IUser User(IEntityCaller<IUser> caller) => new UserProxy(caller);

    public static IGenerationJob Job(IEntityCaller<IGenerationJob> caller) => new JobProxy(caller);

    public static IStepQueue Queue(IEntityCaller<IStepQueue> caller) => new QueueProxy(caller);

    private static Task DoAsync<TEntity>(IEntityCaller<TEntity> caller, Func<TEntity, Task> call) => caller.CallAsync(async e =>
    {
        await call(e);
        return true;
    });

    private sealed class UserProxy(IEntityCaller<IUser> caller) : IUser
    {
        public Task<Reservation> ReserveAsync(ReserveSlot request) => caller.CallAsync(e => e.ReserveAsync(request));

        public Task SettleAsync(SettleSlot request) => DoAsync(caller, e => e.SettleAsync(request));

        public Task<Allowance> GetAllowanceAsync() => caller.CallAsync(e => e.GetAllowanceAsync());
    }

    private sealed class JobProxy(IEntityCaller<IGenerationJob> caller) : IGenerationJob
    {
        public Task<SubmitAnswer> SubmitAsync(JobSpec spec) => caller.CallAsync(e => e.SubmitAsync(spec));

        public Task<JobSnapshot?> GetAsync() => caller.CallAsync(e => e.GetAsync());

        public Task<JobSnapshot?> CancelAsync() => caller.CallAsync(e => e.CancelAsync());

        public Task<bool> DeleteAsync() => caller.CallAsync(e => e.DeleteAsync());

        public Task<LeaseGrant?> AcquireAsync(AcquireLease request) => caller.CallAsync(e => e.AcquireAsync(request));

        public Task<LeaseAnswer> ReportAsync(StepProgress progress) => caller.CallAsync(e => e.ReportAsync(progress));

        public Task<LeaseAnswer> CheckpointAsync(CheckpointSaved checkpoint) => caller.CallAsync(e => e.CheckpointAsync(checkpoint));

        public Task<LeaseAnswer> ReleaseAsync(ReleaseLease release) => caller.CallAsync(e => e.ReleaseAsync(release));

        public Task<LeaseAnswer> CompleteAsync(JobCompleted completed) => caller.CallAsync(e => e.CompleteAsync(completed));

        public Task<LeaseAnswer> FailAsync(JobFailed failed) => caller.CallAsync(e => e.FailAsync(failed));

        public Task RecoverAsync(JobIndexEntry entry) => DoAsync(caller, e => e.RecoverAsync(entry));
    }

    private sealed class QueueProxy(IEntityCaller<IStepQueue> caller) : IStepQueue
    {
        public Task AnnounceAsync(QueueEntry entry) => DoAsync(caller, e => e.AnnounceAsync(entry));

        public Task WithdrawAsync(string jobId) => DoAsync(caller, e => e.WithdrawAsync(jobId));

        public Task<PullAnswer> PullAsync(PullRequest request) => caller.CallAsync(e => e.PullAsync(request));

        public Task<ReportAnswer> ReportAsync(WorkerReport report) => caller.CallAsync(e => e.ReportAsync(report));

        public Task TickAsync() => DoAsync(caller, e => e.TickAsync());

        public Task<QueueStatus> GetStatusAsync() => caller.CallAsync(e => e.GetStatusAsync());

        public Task<WaitExplanation?> ExplainAsync(string jobId) => caller.CallAsync(e => e.ExplainAsync(jobId));

        public Task PauseAsync() => DoAsync(caller, e => e.PauseAsync());

        public Task ResumeAsync() => DoAsync(caller, e => e.ResumeAsync());

        public Task DrainAsync(string workerId, bool drain) => DoAsync(caller, e => e.DrainAsync(workerId, drain));

        public Task<bool> ReorderAsync(string jobId, QueuePlacement placement) =>
            caller.CallAsync(e => e.ReorderAsync(jobId, placement));
    }
}
