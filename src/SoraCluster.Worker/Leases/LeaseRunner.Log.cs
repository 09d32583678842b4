using Microsoft.Extensions.Logging;
using SoraCluster.Domain.Jobs;

namespace SoraCluster.Worker.Leases;

internal sealed partial class LeaseRunner
{
    [LoggerMessage(50, LogLevel.Information, "The lease {Token} of {JobId} is lost, or the job has ended; its work is dropped.")]
    private partial void LeaseLost(string jobId, long token);

    [LoggerMessage(51, LogLevel.Warning, "{JobId} is given back at step {Step} without its checkpoint; it resumes at step {SafeStep}.")]
    private partial void LeavesWithoutCheckpoint(Exception cause, string jobId, int step, int safeStep);

    [LoggerMessage(52, LogLevel.Error, "{JobId} fails in stage {Stage} at step {Step}.")]
    private partial void JobFails(Exception cause, string jobId, JobStage stage, int step);
}
