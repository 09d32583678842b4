using Microsoft.Extensions.Logging;

namespace SoraCluster.Worker.Leases;

internal sealed partial class StepDriver
{
    [LoggerMessage(40, LogLevel.Error, "A forward pass of {Jobs} jobs and {Rows} rows failed; with several, each is tried alone.")]
    private partial void PassFailed(Exception cause, int jobs, int rows);
}
