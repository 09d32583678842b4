using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using SoraCluster.Domain.Errors;
using SoraCluster.Domain.Jobs;
using SoraCluster.Gateway.Errors;
using SoraCluster.Gateway.Json;

namespace SoraCluster.Gateway.Videos;

/// <summary>Snapshots to the wire.</summary>
internal sealed class VideoMapper(JobEstimator estimator)
{
    /// <param name="job">What is told.</param>
    /// <param name="request">Whose it is to read, in the language that it asks for.</param>
    public async Task<VideoResource> MapAsync(JobSnapshot job, HttpRequest request)
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
            Error = ErrorOf(job) is var (code, why)
                ? new VideoError(code, ErrorWriter.PrefersJapanese(request.Headers.AcceptLanguage) ? why.Japanese : why.English)
                : null,
            Sora = Extras(job, estimate),
        };
    }

    /// <summary>The wire's code and the reason; null unless the video failed or was cancelled.</summary>
    public static (string Code, Said Why)? ErrorOf(JobSnapshot job)
    {
        if (job.Status is not (JobStatus.Failed or JobStatus.Cancelled))
        {
            return null;
        }

        var error = job.Error ?? new SoraError(SoraErrorCode.Internal, "The video failed.");
        return (ErrorMap.Of(error.Code).Code, new Said(error.Message, Refusals.InJapanese(error.Code)));
    }

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
