using System.Globalization;
using System.Text.Json;
using SoraCluster.Domain.Errors;
using SoraCluster.Domain.Jobs;
using SoraCluster.Gateway.Errors;
using SoraCluster.Gateway.Json;

namespace SoraCluster.Gateway.Videos;

/// <summary>Snapshots to the wire.</summary>
internal sealed class VideoMapper(JobEstimator estimator)
{
    public async Task<VideoResource> MapAsync(JobSnapshot job)
    {
        var estimate = await estimator.EstimateAsync(job);
        var spec = job.Spec;
        return new VideoResource
        {
            Id = spec.Id,
            Model = spec.Model,
            Status = WireNames.Of(job.Status),
            Progress = job.Progress,
            Prompt = spec.Prompt,
            Seconds = spec.Seconds.ToString(CultureInfo.InvariantCulture),
            Size = spec.Size,
            CreatedAt = job.CreatedAt.ToUnixTimeSeconds(),
            CompletedAt = job.Status == JobStatus.Completed ? job.EndedAt?.ToUnixTimeSeconds() : null,
            ExpiresAt = job.ExpiresAt?.ToUnixTimeSeconds(),
            RemixedFromVideoId = spec.Operation == JobOperation.Remix ? spec.SourceJobId : null,
            Error = ErrorOf(job),
            Sora = Extras(job, estimate),
        };
    }

    public static VideoError? ErrorOf(JobSnapshot job) => job.Status switch
    {
        JobStatus.Cancelled => new VideoError(
            ErrorMap.Of(SoraErrorCode.Cancelled).Code, job.Error?.Message ?? "The video was cancelled."),
        JobStatus.Failed => new VideoError(
            ErrorMap.Of(job.Error?.Code ?? SoraErrorCode.Internal).Code, job.Error?.Message ?? "The video failed."),
        _ => null,
    };

    private static VideoExtras Extras(JobSnapshot job, JobEstimate estimate) => new()
    {
        Pack = job.Spec.Pack,
        NativeSize = job.Spec.NativeSize,
        Seed = job.Spec.Seed,
        Steps = job.Spec.Steps,
        GuidanceScale = job.Spec.GuidanceScale,
        NegativePrompt = job.Spec.NegativePrompt,
        Style = job.Spec.Style,
        Language = job.Spec.Language,
        Audio = job.Spec.Audio,
        Stage = WireNames.Of(job.Stage),
        Step = job.Step,
        TotalSteps = job.TotalSteps,
        UnknownWords = job.UnknownWords,
        Script = job.Spec.Script is { } script ? JsonSerializer.Deserialize(script, GatewayJson.Wire.PromptScript) : null,
        Operation = WireNames.Of(job.Spec.Operation),
        SourceVideoId = job.Spec.SourceJobId,
        OtherSourceVideoId = job.Spec.OtherSourceJobId,
        Strength = job.Spec.Operation is JobOperation.Remix or JobOperation.Edit or JobOperation.Blend ? job.Spec.Strength : null,
        SecondsUntilStart = Round(estimate.UntilStart),
        SecondsLeft = Round(estimate.UntilEnd),
        DeviceSeconds = Math.Round(job.DeviceSeconds, 3),
    };

    private static double? Round(TimeSpan? time) => time is { } t ? Math.Round(t.TotalSeconds, 1) : null;
}
