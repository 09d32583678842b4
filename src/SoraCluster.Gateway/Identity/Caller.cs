using Microsoft.AspNetCore.Http;
using SoraCluster.Gateway.Errors;

namespace SoraCluster.Gateway.Identity;

/// <summary>Who a request speaks for.</summary>
/// <param name="Owner">The user id.</param>
/// <param name="IsOperator">Whether operators' calls are open to it.</param>
/// <param name="KeyId">The key it came with; null for the local user.</param>
public sealed record Caller(string Owner, bool IsOperator, string? KeyId);

public static class CallerExtensions
{
    /// <summary>The caller that the gateway established; a route that was reached without one is closed.</summary>
    public static Caller GetCaller(this HttpContext context) => context.Features.Get<Caller>() ?? throw Refusals.NoKey();

    /// <summary>The caller, when it has the operator scope.</summary>
    public static Caller GetOperator(this HttpContext context) =>
        context.GetCaller() is { IsOperator: true } caller ? caller : throw Refusals.OperatorOnly();
}
