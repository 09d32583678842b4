using Microsoft.Extensions.Logging;

namespace SoraCluster.Worker.Leases;

internal sealed partial class Reporter
{
    [LoggerMessage(1, LogLevel.Warning, "A report on {Leases} leases got no answer; it is sent again.")]
    private partial void ReportFailed(Exception cause, int leases);
}
