using SoraCluster.Domain.Artifacts;
using SoraCluster.Domain.Jobs;
using SoraCluster.Domain.Models;
using SoraCluster.Gateway.Errors;
using SoraCluster.Gateway.Requests;
using SoraCluster.Gateway.Uploads;

namespace SoraCluster.Gateway.Videos;

/// <summary>Clips that were uploaded, as sources of new ones: for the default model, at its own size.</summary>
internal sealed class UploadedSources(IModelCatalog catalog, UploadDesk uploads, IArtifactStore artifacts)
{
    /// <summary>A file's frames seldom end on the second: a clip of 1.96 s is one of 2 s, whose last picture stands a little longer.</summary>
    private const double Missing = 0.1;

    /// <returns>
    /// The spec of a clip that would have been made here, of whole seconds (the rest is cut off), with the clip as <see cref="JobSpec.InputArtifact"/>; null when
    /// no file was sent.
    /// </returns>
    /// <exception cref="Refusal">The file cannot be taken, is too short or too long, or the model cannot start from a clip.</exception>
    public async Task<(JobSpec Source, ModelInfo Model)?> TakeAsync(RequestForm form, JobTicket ticket, CancellationToken cancellation)
    {
        if (await uploads.ClipAsync(form, "video", cancellation) is not { } clip)
        {
            return null;
        }

        var (name, model) = catalog.Resolve(null) is { } resolved ? (resolved.Name, resolved.Model) : throw Refusals.NoModels();
        if (!model.AcceptsInputReference)
        {
            throw Refusals.Unsupported(
                model, "video", "cannot start from an uploaded clip. Refer to a video made here: video: {\"id\": \"video_…\"}.",
                "アップロードされた動画からは始められません。ここで作った動画を video: {\"id\": \"video_…\"} で指定してください。");
        }

        var seconds = (int)(clip.Seconds + Missing);
        if (!model.Seconds.Contains(seconds))
        {
            throw Refusals.UploadedLength(clip.Seconds, model);
        }

        await using var file = File.OpenRead(clip.Path);
        var stored = await artifacts.WriteAsync(ticket.Inputs + "source.mp4", (target, token) => file.CopyToAsync(target, token), cancellation);
        return (
            new JobSpec
            {
                Id = ticket.JobId,
                Owner = ticket.Owner,
                Model = name,
                Pack = model.Id,
                Prompt = "",
                Seed = 0,
                Seconds = seconds,
                Size = model.DefaultSize.ToString(),
                NativeSize = SizeRules.NearestNative(model.DefaultSize, model.NativeSizes).ToString(),
                Steps = model.DefaultSteps,
                GuidanceScale = model.DefaultGuidanceScale,
                Audio = model.HasAudio,
                InputArtifact = stored.Key,
            },
            model);
    }
}
