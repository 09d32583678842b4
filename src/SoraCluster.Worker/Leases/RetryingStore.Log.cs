using Microsoft.Extensions.Logging;

namespace SoraCluster.Worker.Leases;

internal sealed partial class RetryingStore
{
    [LoggerMessage(10, LogLevel.Warning, "The artifact store failed on '{Key}'; it is tried again.")]
    private partial void TriedInVain(Exception cause, string key);

    [LoggerMessage(11, LogLevel.Information, "'{Key}' is of no use any more but could not be removed.")]
    private partial void NotDiscarded(Exception cause, string key);
}
