using Microsoft.AspNetCore.Http;
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
internal sealed class AdmissionMiddleware(
    RequestDelegate next, Authenticator authenticator, RequestRate rate, IEntities entities,
    IOptions<GatewayOptions> options, TimeProvider clock)
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
        var caller = await authenticator.AuthenticateAsync(context);
        context.Features.Set(caller);
        var verdict = rate.Take(caller.Owner);
        context.Response.OnStarting(() => TellAsync(context, caller, verdict));
        if (!verdict.Allowed)
        {
            throw Refusals.TooFast(options.Value.RequestsPerMinute, clock.GetUtcNow() + verdict.RetryAfter);
        }
    }

    /// <summary>Just before the first byte goes out, so that what the request itself took is counted.</summary>
    private async Task TellAsync(HttpContext context, Caller caller, RateVerdict verdict)
    {
        var headers = context.Response.Headers;
        LimitHeaders.Set(headers, verdict);
        LimitHeaders.Set(headers, await entities.Get<IUser>(caller.Owner).GetAllowanceAsync(), clock.GetUtcNow());
    }
}
