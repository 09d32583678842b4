using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using SoraCluster.Domain.Errors;
using SoraCluster.Gateway.Json;

namespace SoraCluster.Gateway.Errors;

/// <summary>Writes refusals in the wire's one shape.</summary>
internal static class ErrorWriter
{
    /// <summary>Beyond this, client libraries are told not to sleep for us: they would wait for hours.</summary>
    private static readonly TimeSpan LongestPoliteRetry = TimeSpan.FromMinutes(1);

    public static Task WriteAsync(HttpContext context, SoraError error, string japanese, TimeProvider clock)
    {
        var (status, type, code) = ErrorMap.Of(error.Code);
        var message = PrefersJapanese(context.Request.Headers.AcceptLanguage) ? japanese : error.Message;
        return WriteAsync(context, status, new ErrorDetail(message, type, error.Param, code, error.Category), error.RetryAt, clock);
    }

    public static Task WriteAsync(
        HttpContext context, int status, ErrorDetail detail, DateTimeOffset? retryAt, TimeProvider clock)
    {
        var response = context.Response;
        response.StatusCode = status;
        if (retryAt is { } at)
        {
            var seconds = Math.Max(1, (long)Math.Ceiling((at - clock.GetUtcNow()).TotalSeconds));
            response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
            if (seconds > LongestPoliteRetry.TotalSeconds)
            {
                response.Headers["x-should-retry"] = "false";
            }
        }

        if (status == StatusCodes.Status409Conflict)
        {
            // The libraries repeat every 409; ours never changes by itself.
            response.Headers["x-should-retry"] = "false";
        }

        response.ContentLength = null;
        return HttpMethods.IsHead(context.Request.Method)
            ? Task.CompletedTask
            : response.WriteAsJsonAsync(new ErrorBody(detail), GatewayJson.Wire.ErrorBody, "application/json; charset=utf-8");
    }

    /// <summary>Whether the first language asked for is Japanese, by position; weights are rare and ignored.</summary>
    internal static bool PrefersJapanese(StringValues acceptLanguage)
    {
        var first = acceptLanguage.ToString().AsSpan().TrimStart();
        return first.StartsWith("ja", StringComparison.OrdinalIgnoreCase) && (first.Length == 2 || !char.IsLetter(first[2]));
    }
}
