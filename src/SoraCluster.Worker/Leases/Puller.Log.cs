using Microsoft.Extensions.Logging;

namespace SoraCluster.Worker.Leases;

internal sealed partial class Puller
{
    [LoggerMessage(60, LogLevel.Warning, "Pulling jobs failed; it is tried again.")]
    private partial void PullFailed(Exception cause);
}
