using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using SoraCluster.Domain.Errors;
using SoraCluster.Domain.Jobs;
using SoraCluster.Domain.Serialization;
using SoraCluster.Domain.Steps;
using SoraCluster.Gateway.Errors;
using SoraCluster.Gateway.Identity;

namespace SoraCluster.Gateway.Workers;

/// <summary>
/// The queue and the artifact store for workers that can only dial out, below <c>/internal</c>; open to keys with the operator
/// scope. The host provides <see cref="IStepSource"/> and <c>IArtifactStore</c>. The other end is <c>Worker/Remote</c>.
/// </summary>
public static class WorkerEndpoints
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(1);

    public static IEndpointRouteBuilder MapWorkers(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/internal").AddEndpointFilter(OperatorsOnlyAsync);
        group.MapPost("/workers/pull", PullAsync);
        group.MapPost("/workers/report", ReportAsync);
        group.MapQueues();
        group.MapNodes();
        group.MapArtifacts();
        return routes;
    }

    private static async ValueTask<object?> OperatorsOnlyAsync(EndpointFilterInvocationContext call, EndpointFilterDelegate next)
    {
        var authenticator = (Authenticator)call.HttpContext.RequestServices.GetService(typeof(Authenticator))!;
        var caller = await authenticator.AuthenticateAsync(call.HttpContext);
        return caller.IsOperator ? await next(call) : throw Refusals.OperatorOnly();
    }

    private static async Task PullAsync(HttpContext context, [FromServices] IStepSource source)
    {
        var request = await ReadAsync(
            context, DomainJson.Default.PullRequest, pull => pull is { WorkerId.Length: > 0, Packs: not null, Free: >= 0 });
        var wait = request.Wait < LongestWait ? request.Wait : LongestWait;
        var answer = await source.PullAsync(request with { Wait = wait }, context.RequestAborted);
        try
        {
            context.RequestAborted.ThrowIfCancellationRequested();
            await context.Response.WriteAsJsonAsync(
                answer, DomainJson.Default.PullAnswer, cancellationToken: context.RequestAborted);
            await context.Response.CompleteAsync();
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            await GiveBackAsync(source, request.WorkerId, answer);
            throw;
        }
    }

    /// <summary>The worker has gone before it heard of its leases: others need not wait until they run out.</summary>
    private static Task GiveBackAsync(IStepSource source, string workerId, PullAnswer answer) => answer.Leases.Count == 0
        ? Task.CompletedTask
        : source.ReportAsync(
            new WorkerReport(
                workerId,
                [.. answer.Leases.Select(lease => new LeaseReport(
                    lease.JobId, lease.Grant.Token, Release: new ReleaseLease(lease.Grant.Token, Lost: false)))]),
            CancellationToken.None);

    private static async Task ReportAsync(HttpContext context, [FromServices] IStepSource source)
    {
        var report = await ReadAsync(
            context,
            DomainJson.Default.WorkerReport,
            said => said is { WorkerId.Length: > 0, Leases: not null } && said.Leases.All(lease => lease is { JobId.Length: > 0 }));
        var answer = await source.ReportAsync(report, context.RequestAborted);
        await context.Response.WriteAsJsonAsync(answer, DomainJson.Default.ReportAnswer, cancellationToken: context.RequestAborted);
    }

    private static async Task<T> ReadAsync<T>(HttpContext context, JsonTypeInfo<T> type, Func<T, bool> isWhole)
        where T : class
    {
        try
        {
            return await JsonSerializer.DeserializeAsync(context.Request.Body, type, context.RequestAborted) is { } message && isWhole(message)
                ? message
                : throw Unreadable(type, null);
        }
        catch (JsonException e)
        {
            throw Unreadable(type, e);
        }
    }

    private static SoraException Unreadable<T>(JsonTypeInfo<T> type, Exception? cause) => new(
        new SoraError(SoraErrorCode.InvalidRequest, $"The body is not a {type.Type.Name}; is the worker of another version?"), cause);
}
