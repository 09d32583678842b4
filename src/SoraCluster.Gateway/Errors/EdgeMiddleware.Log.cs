using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace SoraCluster.Gateway.Errors;

internal sealed partial class EdgeMiddleware
{
    [LoggerMessage(1, LogLevel.Error, "{Method} {Path} failed (request {RequestId}).")]
    private partial void LogFailed(string method, PathString path, string requestId, Exception exception);

    [LoggerMessage(2, LogLevel.Error, "The artifact store failed (request {RequestId}).")]
    private partial void LogStoreFailed(string requestId, Exception exception);
}
