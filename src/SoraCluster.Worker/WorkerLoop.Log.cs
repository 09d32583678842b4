using Microsoft.Extensions.Logging;

namespace SoraCluster.Worker;

public sealed partial class WorkerLoop
{
    [LoggerMessage(70, LogLevel.Information, "Worker {WorkerId} takes jobs.")]
    private partial void Started(string workerId);

    [LoggerMessage(71, LogLevel.Information, "Took {JobId} under token {Token} at step {Step}.")]
    private partial void Taken(string jobId, long token, int step);

    [LoggerMessage(72, LogLevel.Information, "Worker {WorkerId} stops and gives back {Jobs} jobs.")]
    private partial void Stopping(string workerId, int jobs);

    [LoggerMessage(73, LogLevel.Warning, "Worker {WorkerId} could not give back {Jobs} jobs in time; their leases will run out.")]
    private partial void LeftBehind(string workerId, int jobs);

    [LoggerMessage(74, LogLevel.Information, "Worker {WorkerId} has stopped.")]
    private partial void Ended(string workerId);
}
