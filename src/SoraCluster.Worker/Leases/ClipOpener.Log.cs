using Microsoft.Extensions.Logging;

namespace SoraCluster.Worker.Leases;

internal sealed partial class ClipOpener
{
    [LoggerMessage(30, LogLevel.Warning, "Checkpoint '{Key}' of {JobId} is gone; an older one, or none, is used.")]
    private partial void CheckpointMissing(string jobId, string key);

    [LoggerMessage(31, LogLevel.Warning, "Checkpoint '{Key}' of {JobId} was refused; an older one, or none, is used.")]
    private partial void CheckpointRefused(Exception cause, string jobId, string key);
}
