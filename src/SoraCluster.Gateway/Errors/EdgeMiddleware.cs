using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using SoraCluster.Domain.Artifacts;
using SoraCluster.Domain.Errors;
using SoraCluster.Domain.Keys;

namespace SoraCluster.Gateway.Errors;

/// <summary>
/// The outermost layer: names every request, and lets nothing leave but the wire's error shape — not for a thrown exception,
/// not for a route that is not there, never a page or a stack trace.
/// </summary>
internal sealed partial class EdgeMiddleware(
    RequestDelegate next, ISecretSource secrets, TimeProvider clock, ILogger<EdgeMiddleware> log)
{
    public async Task InvokeAsync(HttpContext context)
    {
        context.TraceIdentifier = "req_" + secrets.Hex(16);
        context.Response.Headers["x-request-id"] = context.TraceIdentifier;
        try
        {
            await next(context);
            if (IsBareError(context.Response))
            {
                await WriteBareAsync(context);
            }
        }
        catch (Exception e) when (!context.Response.HasStarted)
        {
            await WriteExceptionAsync(context, e);
        }
        catch (Exception e) when (context.RequestAborted.IsCancellationRequested && e is OperationCanceledException or IOException)
        {
            // The caller has gone in the middle of an answer; there is nobody to tell.
        }
    }

    /// <summary>An error status without a body; an unsatisfiable range still carries the type of what it is not a range of.</summary>
    private static bool IsBareError(HttpResponse response) =>
        response is { HasStarted: false, StatusCode: >= 400 }
        && (response.ContentType is null || response.StatusCode == StatusCodes.Status416RangeNotSatisfiable)
        && response.ContentLength is null or 0;

    private Task WriteExceptionAsync(HttpContext context, Exception exception)
    {
        switch (exception)
        {
            case Refusal refusal:
                return ErrorWriter.WriteAsync(context, refusal.Error, refusal.Japanese, clock);
            case SoraException { Error: var error }:
                return ErrorWriter.WriteAsync(context, error, Refusals.InJapanese(error.Code), clock);
            case BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge }:
                return WriteAsync(context, Refusals.BodyTooLarge(null));
            case BadHttpRequestException { StatusCode: StatusCodes.Status408RequestTimeout }:
                return WriteBareAsync(context, StatusCodes.Status408RequestTimeout);
            case BadHttpRequestException:
                return WriteAsync(context, Refusals.UnreadableRequest());
            case ArtifactStoreException:
                LogStoreFailed(context.TraceIdentifier, exception);
                return WriteAsync(context, Refusals.StoreFailed(clock.GetUtcNow().AddSeconds(5)));
            case OperationCanceledException when context.RequestAborted.IsCancellationRequested:
                context.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
                return Task.CompletedTask;
            default:
                LogFailed(context.Request.Method, context.Request.Path, context.TraceIdentifier, exception);
                return WriteAsync(context, Refusals.Internal(context.TraceIdentifier));
        }
    }

    private Task WriteAsync(HttpContext context, Refusal refusal) =>
        ErrorWriter.WriteAsync(context, refusal.Error, refusal.Japanese, clock);

    private Task WriteBareAsync(HttpContext context, int? given = null)
    {
        var status = given ?? context.Response.StatusCode;
        return status switch
        {
            StatusCodes.Status404NotFound => WriteAsync(context, Refusals.NoSuchRoute(context.Request)),
            StatusCodes.Status405MethodNotAllowed => WriteStatusAsync(
                context, status, Refusals.MethodNotAllowed(context.Request, context.Response.Headers.Allow.ToString()), "method_not_allowed"),
            StatusCodes.Status413PayloadTooLarge => WriteAsync(context, Refusals.BodyTooLarge(null)),
            StatusCodes.Status415UnsupportedMediaType => WriteAsync(context, Refusals.UnsupportedBody(context.Request.ContentType)),
            StatusCodes.Status416RangeNotSatisfiable => WriteStatusAsync(context, status, Refusals.RangeBeyondEnd(), "range_not_satisfiable"),
            >= 500 => WriteAsync(context, Refusals.Internal(context.TraceIdentifier)),
            _ => WriteStatusAsync(context, status, Refusals.UnreadableRequest(), "invalid_request_error"),
        };
    }

    private Task WriteStatusAsync(HttpContext context, int status, Refusal refusal, string code)
    {
        var japanese = ErrorWriter.PrefersJapanese(context.Request.Headers.AcceptLanguage);
        var detail = new ErrorDetail(japanese ? refusal.Japanese : refusal.Message, "invalid_request_error", null, code);
        return ErrorWriter.WriteAsync(context, status, detail, retryAt: null, clock);
    }
}
