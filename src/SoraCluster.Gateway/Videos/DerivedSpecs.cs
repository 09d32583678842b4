using SoraCluster.Domain.Jobs;
using SoraCluster.Domain.Models;
using SoraCluster.Gateway.Errors;
using SoraCluster.Gateway.Identity;
using SoraCluster.Gateway.Prompts;
using SoraCluster.Gateway.Requests;

namespace SoraCluster.Gateway.Videos;

/// <summary>
/// Specs of clips that are made from other clips. What the source was made with carries over; the request changes the words.
/// A pack that cannot do the operation refuses it: nothing is pretended.
/// </summary>
internal sealed class DerivedSpecs(IModelCatalog catalog, OwnedJobs jobs, PromptRules rules, PromptReader prompts, UploadedSources uploads)
{
    // Measured on the reference pack, with the noise of another seed: at 0.9 colour, shape and scene follow the new words and the path of the
    // movement stays; at 0.8 the scene stays too; below 0.7 two unlike clips blend into a double exposure.
    private const float RemixStrength = 0.9f;
    private const float EditStrength = 0.8f;
    private const float BlendStrength = 0.7f;

    /// <summary>Below, nothing would change.</summary>
    private const float LeastStrength = 0.05f;

    private static readonly IReadOnlyList<string> Common = [.. PromptReader.Fields, "seed", "steps", "guidance_scale", "negative_prompt"];
    private static readonly IReadOnlyList<string> Rework = [.. Common, "strength"];

    /// <summary>New words, same structure: the source's latents are noised again to a strength.</summary>
    public async Task<JobSpec> RemixAsync(string sourceId, RequestForm form, JobTicket ticket, Caller caller)
    {
        form.AllowOnly(Rework);
        var (source, model) = await SourceAsync(sourceId, JobOperation.Remix, caller);
        return Derive(form, ticket, source, model, JobOperation.Remix, await prompts.RequiredAsync(form, ticket.Owner, source.Seconds), RemixStrength);
    }

    public async Task<JobSpec> EditAsync(RequestForm form, JobTicket ticket, Caller caller, CancellationToken cancellation)
    {
        form.AllowOnly([.. Rework, "video"]);
        var (source, model, upload) = await SourceAsync(form, JobOperation.Edit, ticket, caller, cancellation);
        return Derive(form, ticket, source, model, JobOperation.Edit, await prompts.RequiredAsync(form, ticket.Owner, source.Seconds), EditStrength, upload);
    }

    /// <summary>The request's <c>seconds</c> is the new segment; the spec's is the stitched total, as the wire tells it.</summary>
    public async Task<JobSpec> ExtendAsync(RequestForm form, JobTicket ticket, Caller caller, CancellationToken cancellation)
    {
        form.AllowOnly([.. Common, "video", "seconds"]);
        var (source, model, upload) = await SourceAsync(form, JobOperation.Extend, ticket, caller, cancellation);
        var added = SpecBuilder.Seconds(form.Scalar("seconds") ?? throw Refusals.Missing("seconds"), model);
        var prompt = (await prompts.RequiredAsync(form, ticket.Owner, added)).From(source.Seconds);
        var total = source.Seconds + added;
        return total <= model.Seconds[^1]
            ? Derive(form, ticket, source, model, JobOperation.Extend, prompt, 1, upload) with { Seconds = total }
            : throw Refusals.TooLongInAll(total, model);
    }

    /// <summary>The last window is made anew so that it leads back to the first picture; the length stays.</summary>
    public async Task<JobSpec> LoopAsync(string sourceId, RequestForm form, JobTicket ticket, Caller caller)
    {
        form.AllowOnly(Common);
        var (source, model) = await SourceAsync(sourceId, JobOperation.Loop, caller);
        if (source.Seconds < model.WindowStrideSeconds)
        {
            throw Refusals.TooShortToLoop(source.Seconds, model);
        }

        return Derive(form, ticket, source, model, JobOperation.Loop, await prompts.OptionalAsync(form, ticket.Owner, source.Seconds) ?? ReadPrompt.Of(source), 1);
    }

    /// <summary>Two clips of the same pack, size and length, their latents interpolated from the first to the second; by default, under the words of both.</summary>
    public async Task<JobSpec> BlendAsync(RequestForm form, JobTicket ticket, Caller caller)
    {
        form.AllowOnly([.. Rework, "videos"]);
        var first = form.Text("videos[0]") ?? throw Refusals.Missing("videos[0]");
        var second = form.Text("videos[1]") ?? throw Refusals.Missing("videos[1]");
        if (form.Has("videos[2]"))
        {
            throw Refusals.TwoVideosOnly();
        }

        var (source, model) = await SourceAsync(first, JobOperation.Blend, caller);
        var (other, _) = await SourceAsync(second, JobOperation.Blend, caller);
        if ((source.Pack, source.NativeSize, source.Seconds) != (other.Pack, other.NativeSize, other.Seconds))
        {
            throw Refusals.DifferentShapes(first, second);
        }

        var prompt = await prompts.OptionalAsync(form, ticket.Owner, source.Seconds) ?? ReadPrompt.OfBoth(source, other);
        return Derive(form, ticket, source, model, JobOperation.Blend, prompt, BlendStrength) with
        {
            OtherSourceJobId = second,
            OtherSourceLatents = other.SourceLatents,
        };
    }

    /// <returns>The source's spec, its <see cref="JobSpec.SourceLatents"/> being its own result.</returns>
    private async Task<(JobSpec Source, ModelInfo Model)> SourceAsync(string id, JobOperation operation, Caller caller)
    {
        var (_, job) = await jobs.GetAsync(id, caller);
        var model = catalog.Resolve(job.Spec.Pack)?.Model ?? throw Refusals.NoSuchModel(job.Spec.Pack, catalog, asParam: true);
        RequireOperation(model, operation);
        return job is { Status: JobStatus.Completed, Result: { } result }
            ? (job.Spec with { SourceLatents = result.Latents }, model)
            : throw Refusals.SourceNotCompleted(id, WireNames.Of(job.Status));
    }

    /// <summary>The video of <c>video: {id}</c>, or the one that was sent as a file.</summary>
    private async Task<(JobSpec Source, ModelInfo Model, string? Upload)> SourceAsync(
        RequestForm form, JobOperation operation, JobTicket ticket, Caller caller, CancellationToken cancellation)
    {
        if (await uploads.TakeAsync(form, ticket, cancellation) is { } taken)
        {
            RequireOperation(taken.Model, operation);
            return (taken.Source, taken.Model, taken.Source.InputArtifact);
        }

        var (source, model) = await SourceAsync(form.Text("video[id]") ?? throw Refusals.Missing("video"), operation, caller);
        return (source, model, null);
    }

    private static void RequireOperation(ModelInfo model, JobOperation operation)
    {
        if (!model.Operations.Contains(operation))
        {
            var (name, able) = (WireNames.Of(operation), string.Join(", ", model.Operations.Select(WireNames.Of)));
            throw Refusals.Unsupported(
                model, "model", $"cannot {name} videos. What it can do: {able}.", $"動画の {name} ができません。できるのは {able} です。");
        }
    }

    private JobSpec Derive(
        RequestForm form, JobTicket ticket, JobSpec source, ModelInfo model, JobOperation operation, ReadPrompt prompt, float strength,
        string? upload = null)
    {
        var negative = rules.Optional(form, "negative_prompt") ?? source.NegativePrompt;
        return source with
        {
            Id = ticket.JobId,
            Owner = ticket.Owner,
            Prompt = prompt.Text,
            Conditioning = prompt.Conditioning,
            Script = prompt.Script,
            NegativePrompt = negative,
            Seed = (ulong?)form.Integer("seed", 0, SpecBuilder.MaxSeed) ?? JobIds.SeedOf(ticket.JobId),
            Steps = (int?)form.Integer("steps", 1, model.MaxSteps) ?? source.Steps,
            GuidanceScale = GuidanceRules.Read(form, model, source.GuidanceScale, negative),
            Strength = form.Number("strength", LeastStrength, 1) ?? strength,
            Operation = operation,
            SourceJobId = upload is null ? source.Id : null,
            SourceSeconds = source.Seconds,
            OtherSourceJobId = null,
            OtherSourceLatents = null,
            InputArtifact = upload,
            RequestDigest = ticket.Digest,
        };
    }
}
