using Microsoft.Extensions.Logging;

namespace SoraCluster.Worker.Leases;

internal sealed partial class CheckpointKeeper
{
    [LoggerMessage(20, LogLevel.Error, "The checkpoint of {JobId} at step {Step} could not be stored.")]
    private partial void NotStored(Exception cause, string jobId, int step);
}
