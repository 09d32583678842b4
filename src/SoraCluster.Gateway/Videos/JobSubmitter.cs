using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using SoraCluster.Domain.Artifacts;
using SoraCluster.Domain.Errors;
using SoraCluster.Domain.Jobs;
using SoraCluster.Domain.State;
using SoraCluster.Domain.Users;
using SoraCluster.Domain.Webhooks;
using SoraCluster.Gateway.Errors;
using SoraCluster.Gateway.Identity;
using SoraCluster.Gateway.Requests;

namespace SoraCluster.Gateway.Videos;

/// <summary>From a POST to an accepted job: reads the body, lets the caller of this make a spec of it, admits and submits.</summary>
internal sealed class JobSubmitter(
    RequestReader reader, JobIds ids, JobEstimator estimator, IEntities entities, IArtifactStore artifacts, SourceCopies copies,
    IOptions<GatewayOptions> options, TimeProvider clock)
{
    private const string KeyHeader = "Idempotency-Key";

    public async Task<JobSnapshot> SubmitAsync(HttpContext context, Func<RequestForm, JobTicket, Task<JobSpec>> build)
    {
        var caller = context.GetCaller();
        var key = IdempotencyKey(context.Request);
        var jobId = ids.New(caller.Owner, key);
        var form = await reader.ReadAsync(context, files: true);
        var inputs = $"{JobArtifacts.All(jobId)}input-{context.TraceIdentifier}/";
        JobSpec? spec = null;
        var kept = false;
        try
        {
            var digest = key is null ? null : form.Digest(context.Request.Method, context.Request.Path);
            if (key is not null && await entities.Get<IGenerationJob>(jobId).GetAsync() is { } earlier)
            {
                return Replay(context, earlier, digest);
            }

            spec = await build(form, new JobTicket(jobId, caller.Owner, inputs, digest));
            await AdmitAsync(spec);
            spec = await copies.MakeAsync(spec with { TraceParent = Activity.Current?.Id }, inputs, context.RequestAborted);
            await entities.Get<IWebhookOutbox>(caller.Owner).ExpectAsync(jobId);

            // Until it has answered, the job may have been accepted, and then needs its inputs.
            kept = true;
            var answer = await entities.Get<IGenerationJob>(jobId).SubmitAsync(spec);
            kept = answer.Created;
            if (answer.Refusal is { } refusal)
            {
                await entities.Get<IWebhookOutbox>(caller.Owner).ForgetAsync(jobId);
                throw await RefusedAsync(refusal, caller);
            }

            return answer.Created ? answer.Job! : Replay(context, answer.Job!, digest);
        }
        finally
        {
            if ((spec is not null || form.Files.Count > 0) && !kept)
            {
                await artifacts.DeletePrefixAsync(inputs, CancellationToken.None);
            }
        }
    }

    private static JobSnapshot Replay(HttpContext context, JobSnapshot earlier, string? digest)
    {
        if (earlier.Spec.RequestDigest != digest)
        {
            throw Refusals.IdempotencyConflict();
        }

        context.Response.Headers["idempotent-replayed"] = "true";
        return earlier;
    }

    private async Task AdmitAsync(JobSpec spec)
    {
        if (options.Value.MaxQueueWait is var longest && longest > TimeSpan.Zero
            && await estimator.WaitAsync(spec.Pack, spec.Owner, spec.Class) is var wait && wait > longest)
        {
            throw Refusals.QueueFull(wait, clock.GetUtcNow() + (wait - longest));
        }
    }

    private async Task<Exception> RefusedAsync(SoraError refusal, Caller caller) =>
        refusal.Code != SoraErrorCode.RateLimitExceeded ? new SoraException(refusal)
        : await entities.Get<IUser>(caller.Owner).GetAllowanceAsync() is { Remaining: 0 } allowance ? Refusals.Allowance(refusal, allowance)
        : Refusals.TooManyUnderWay(refusal);

    private static string? IdempotencyKey(HttpRequest request)
    {
        var values = request.Headers[KeyHeader];
        if (values.Count == 0)
        {
            return null;
        }

        return values is [{ Length: > 0 and <= 255 } key] && key.All(c => c is >= ' ' and <= '~') ? key : throw Refusals.BadIdempotencyKey();
    }
}
