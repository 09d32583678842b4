using SoraCluster.Domain.Errors;
using SoraCluster.Domain.State;
using SoraCluster.Domain.Users;

namespace SoraCluster.Domain.Jobs;

/// <summary>
/// One clip from request to end. Its stored state is the truth; the unfinished index is its outbox: a job stays in it until
/// all that its end entails is done, so whatever a crash interrupts, <see cref="RecoverAsync"/> takes up again.
/// </summary>
public partial class GenerationJob(string id, IStateSlot<JobState> state, JobServices services) : IGenerationJob
{
    private JobProgress? reached;

    /// <summary>How far the present lease has come. Read in calls only: the slot is loaded by then, and maybe not before.</summary>
    private JobProgress Progress
    {
        get => reached ??= JobProgress.At(state.Value?.Body);
        set => reached = value;
    }

    private JobBody? Body => state.Value is { Life: JobLife.Accepted } stored ? stored.Body : null;

    private DateTimeOffset Now => services.Clock.GetUtcNow();

    public async Task<SubmitAnswer> SubmitAsync(JobSpec spec)
    {
        if (spec.Id != id)
        {
            throw new ArgumentException($"The spec of '{spec.Id}' was submitted to job '{id}'.", nameof(spec));
        }

        switch (state.Value?.Life)
        {
            case JobLife.Accepted when IsSame(Body!.Spec, spec):
                return new(Snapshot(), null, false);
            case JobLife.Accepted:
                return Refused(SoraErrorCode.IdempotencyConflict, "This Idempotency-Key was used with another request.");
            case JobLife.Deleting or JobLife.Deleted:
                return Refused(SoraErrorCode.IdempotencyConflict, "This Idempotency-Key was used for a video that has been deleted.");
            default:
                return await AcceptAsync(spec);
        }
    }

    public Task<JobSnapshot?> GetAsync() => Task.FromResult(Body is null ? null : Snapshot());

    public async Task<JobSnapshot?> CancelAsync()
    {
        if (Body is not { } body)
        {
            return null;
        }

        if (!body.Ended)
        {
            await EndAsync(JobTransitions.Cancel(Progress.Into(body), Now, services.Options));
        }

        return Snapshot();
    }

    public async Task<bool> DeleteAsync()
    {
        if (state.Value is not { Life: JobLife.Accepted or JobLife.Deleting, Body: { } body })
        {
            return false;
        }

        if (state.Value.Life is JobLife.Accepted)
        {
            await CancelAsync();
            body = Body!;
            await SaveAsync(body, JobLife.Deleting);
        }

        await FinishDeletingAsync(body);
        return true;
    }

    public async Task RecoverAsync(JobIndexEntry entry)
    {
        switch (state.Value?.Life)
        {
            case null or JobLife.Abandoned:
                await AbandonAsync(entry.Owner);
                break;
            case JobLife.Deleting:
                await FinishDeletingAsync(state.Value.Body!);
                break;
            case JobLife.Deleted:
                await services.Index.RemoveAsync(id);
                break;
            case JobLife.Accepted when Body!.Ended:
                await FinishEndingAsync(Body!);
                break;
            case JobLife.Accepted when Body!.Worker is { } worker && services.Workers.IsDead(worker):
                await ReleaseAsync(new(state.Value.Token, Lost: true));
                break;
            default:
                Announce();
                break;
        }
    }

    private async Task<SubmitAnswer> AcceptAsync(JobSpec spec)
    {
        var user = services.Entities.Get<IUser>(spec.Owner);
        var attempt = NextAttempt;
        if (Current(await user.ReserveAsync(new(id, attempt, Ask: true))) is { } refusal)
        {
            return new(null, refusal, false);
        }

        var now = Now;
        await services.Index.AddAsync(new(id, spec.Owner, now, attempt));
        if (Current(await user.ReserveAsync(new(id, attempt))) is { } overtaken)
        {
            await AbandonAsync(spec.Owner);
            return new(null, overtaken, false);
        }

        var body = JobTransitions.Accept(spec, services.Costs.CostOf(spec).TotalSteps, now);
        await SaveAsync(body, JobLife.Accepted, attempt);
        Announce();
        return new(Snapshot(), null, true);
    }

    /// <summary>
    /// The refusal, if it is one. That this attempt was undone is stored with the job: an activation that has not seen it is out
    /// of date.
    /// </summary>
    private SoraError? Current(Reservation answer) => answer.Refusal is { Code: SoraErrorCode.Conflict }
        ? throw new StateConflictException(nameof(GenerationJob), id)
        : answer.Refusal;

    /// <summary>
    /// Undoes a submission that did not get as far as being stored. That it was undone is stored first: another activation that
    /// is still in the middle of it can then no longer store the job.
    /// </summary>
    private async Task AbandonAsync(string owner)
    {
        var attempt = NextAttempt;
        await SaveAsync(null, JobLife.Abandoned, attempt);
        await services.Entities.Get<IUser>(owner).SettleAsync(new(id, Keep: false, attempt));
        await services.Index.RemoveAsync(id, attempt);
    }

    private int NextAttempt => state.Value is null ? 0 : state.Value.Attempt + 1;

    private static bool IsSame(JobSpec stored, JobSpec sent) =>
        stored.RequestDigest is null ? stored with { TraceParent = sent.TraceParent } == sent : stored.RequestDigest == sent.RequestDigest;

    private static SubmitAnswer Refused(SoraErrorCode code, string message) => new(null, new(code, message), false);
}
