using SoraCluster.Domain.Artifacts;
using SoraCluster.Domain.Users;

namespace SoraCluster.Domain.Jobs;

/// <summary>How a job is stored, shown and brought to its end.</summary>
public partial class GenerationJob
{
    /// <summary>Stores the next state and tells of it; memory follows only when that succeeded.</summary>
    /// <param name="progress">How far the lease has come, where it goes on.</param>
    private async Task SaveAsync(
        JobBody? body, JobLife life = JobLife.Accepted, int? attempt = null, long? token = null, JobProgress? progress = null)
    {
        var stored = state.Value;
        await state.SaveAsync(new()
        {
            Life = life,
            Attempt = attempt ?? stored?.Attempt ?? 0,
            Token = token ?? stored?.Token ?? 0,
            Saves = (stored?.Saves ?? 0) + 1,
            Body = body,
        });
        Progress = progress ?? JobProgress.At(body);
        if (Body is not null)
        {
            services.Events.Publish(Snapshot());
        }
    }

    /// <summary>The end is stored first, and with it nothing can change the job again; what follows can be interrupted anywhere.</summary>
    private async Task EndAsync(JobBody ended)
    {
        await SaveAsync(ended);
        services.Queues.Withdraw(ended.Spec);
        try
        {
            await FinishEndingAsync(ended);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // The job has ended, and is still in the unfinished index: the sweep settles it when the others answer again.
        }
    }

    private async Task FinishEndingAsync(JobBody body)
    {
        await SettleAsync(body);
        await services.Artifacts.DeletePrefixAsync(JobArtifacts.Checkpoints(id));
        await services.Index.MarkFinishedAsync(id, body.ExpiresAt);
    }

    private async Task FinishDeletingAsync(JobBody body)
    {
        await SettleAsync(body);
        await services.Artifacts.DeletePrefixAsync(JobArtifacts.All(id));
        await services.Index.RemoveAsync(id);

        // For a while the id is remembered: a submission that was sent before and arrives late must not bring the video back.
        if (body.CreatedAt + services.Options.KeyMemory <= Now)
        {
            await state.ClearAsync();
            Progress = JobProgress.At(null);
        }
        else
        {
            await SaveAsync(null, JobLife.Deleted);
        }
    }

    private Task SettleAsync(JobBody body) => services.Entities.Get<IUser>(body.Spec.Owner)
        .SettleAsync(new(id, Keep: body.Status is JobStatus.Completed, state.Value!.Attempt));

    private void Announce()
    {
        var body = Body!;
        var cost = services.Costs.CostOf(body.Spec);
        var steps = Math.Max(1, body.TotalSteps - body.CheckpointStep);
        services.Queues.Announce(new(
            id,
            body.Spec.Owner,
            body.Spec.Pack,
            cost.BatchKey,
            body.Spec.Class,
            body.CreatedAt,
            steps,
            steps * cost.SecondsPerStep,
            Alone: body.LossesInRow > 0,
            HeldBy: body.Worker ?? body.HeldBy,
            Token: state.Value!.Token,
            Leased: body.Worker is not null,
            Weight: body.Spec.Weight,
            HeardAt: body.HeardAt));
    }

    private async Task RemoveQuietlyAsync(string? artifact)
    {
        if (artifact is null)
        {
            return;
        }

        try
        {
            await services.Artifacts.DeleteAsync(artifact);
        }
        catch (ArtifactStoreException)
        {
            // Goes with the other checkpoints when the job ends.
        }
    }

    private JobSnapshot Snapshot()
    {
        var body = Body!;
        return new()
        {
            Spec = body.Spec,
            Status = body.Status,
            Stage = Progress.Stage,
            Step = Progress.Step,
            TotalSteps = Progress.TotalSteps,
            CreatedAt = body.CreatedAt,
            StartedAt = body.StartedAt,
            EndedAt = body.EndedAt,
            ExpiresAt = body.ExpiresAt,
            Error = body.Error,
            Result = body.Result,
            StepsRedone = body.StepsRedone,
            DeviceSeconds = body.DeviceSeconds + Progress.DeviceSeconds,
            UnknownWords = Progress.UnknownWords,
            Version = (state.Value!.Saves << 24) + ((long)Progress.Stage << 20) + Progress.Step,
        };
    }
}
