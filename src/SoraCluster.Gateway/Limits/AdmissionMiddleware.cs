using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using SoraCluster.Domain.State;
using SoraCluster.Domain.Users;
using SoraCluster.Gateway.Errors;
using SoraCluster.Gateway.Identity;

namespace SoraCluster.Gateway.Limits;

/// <summary>
/// In front of everything below <c>/v1</c>, routes that do not exist included: who is it, are they within their rate, and what
/// are their limits (told on every answer).
/// </summary>
internal sealed partial class AdmissionMiddleware(
    RequestDelegate next, Authenticator authenticator, RequestRate rate, IEntities entities,
    IOptions<GatewayOptions> options, TimeProvider clock, ILogger<AdmissionMiddleware> log)
{
    public async Task InvokeAsync(HttpContext context)
    {
        if (context.Request.Path.StartsWithSegments("/v1"))
        {
            await AdmitAsync(context);
        }

        await next(context);
    }

    private async Task AdmitAsync(HttpContext context)
    {
        var caller = await AuthenticateAsync(context);
        context.Features.Set(caller);
        var verdict = rate.Take(caller.Owner);
        context.Response.OnStarting(() => TellAsync(context, caller, verdict));
        if (!verdict.Allowed)
        {
            throw Refusals.TooFast(options.Value.RequestsPerMinute, clock.GetUtcNow() + verdict.RetryAfter);
        }
    }

    private async Task<Caller> AuthenticateAsync(HttpContext context)
    {
        try
        {
            return await authenticator.AuthenticateAsync(context);
        }
        catch (Refusal)
        {
            // Guessing keys is hopeless; guessing them fast would still keep the stores busy.
            var refused = rate.TakeRefused(context.Connection.RemoteIpAddress?.ToString() ?? "");
            if (!refused.Allowed)
            {
                throw Refusals.TooFast(options.Value.RefusedKeysPerMinute, clock.GetUtcNow() + refused.RetryAfter);
            }

            throw;
        }
    }

    /// <summary>Just before the first byte goes out, so that what the request itself took is counted.</summary>
    private async Task TellAsync(HttpContext context, Caller caller, RateVerdict verdict)
    {
        var headers = context.Response.Headers;
        LimitHeaders.Set(headers, verdict);
        try
        {
            LimitHeaders.Set(headers, await entities.Get<IUser>(caller.Owner).GetAllowanceAsync(), clock.GetUtcNow());
        }
        catch (Exception e)
        {
            // The answer itself is more use than its headers.
            LogAllowanceUnknown(caller.Owner, e);
        }
    }

    [LoggerMessage(20, LogLevel.Warning, "The allowance of {User} could not be read; the answer goes out without it.")]
    private partial void LogAllowanceUnknown(string user, Exception exception);
}
