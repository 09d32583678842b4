using System.Globalization;
using SoraCluster.Domain.Artifacts;
using SoraCluster.Domain.Jobs;
using SoraCluster.Domain.Models;
using SoraCluster.Gateway.Errors;
using SoraCluster.Gateway.Prompts;
using SoraCluster.Gateway.Requests;
using SoraCluster.Gateway.Uploads;

namespace SoraCluster.Gateway.Videos;

/// <summary>A create request, checked field by field against the pack, becomes a spec.</summary>
internal sealed class SpecBuilder(
    IModelCatalog catalog, PromptRules rules, PromptReader prompts, UploadDesk uploads, IArtifactStore artifacts)
{
    /// <summary>Whole numbers that JavaScript keeps exact: 2^53 − 1.</summary>
    public const long MaxSeed = 9_007_199_254_740_991;

    public static readonly IReadOnlyList<string> CreateFields =
    [
        .. PromptReader.Fields, "model", "seconds", "size", "input_reference", "seed", "steps", "guidance_scale", "negative_prompt", "style",
        "language", "audio",
    ];

    public async Task<JobSpec> CreateAsync(RequestForm form, JobTicket ticket, CancellationToken cancellation)
    {
        form.AllowOnly(CreateFields);
        var resolved = ResolveModel(form.Text("model"));
        var model = resolved.Model;
        var seconds = Seconds(form.Scalar("seconds"), model);
        var prompt = await prompts.RequiredAsync(form, ticket.Owner, seconds);
        var size = Size(form.Text("size"), resolved);
        var negative = rules.Optional(form, "negative_prompt");
        var spec = new JobSpec
        {
            Id = ticket.JobId,
            Owner = ticket.Owner,
            Model = resolved.Name,
            Pack = model.Id,
            Prompt = prompt.Text,
            Conditioning = prompt.Conditioning,
            Script = prompt.Script,
            NegativePrompt = negative,
            Seed = (ulong?)form.Integer("seed", 0, MaxSeed) ?? JobIds.SeedOf(ticket.JobId),
            Seconds = seconds,
            Size = size.ToString(),
            NativeSize = SizeRules.NearestNative(size, model.NativeSizes).ToString(),
            Steps = (int?)form.Integer("steps", 1, model.MaxSteps) ?? model.DefaultSteps,
            GuidanceScale = GuidanceRules.Read(form, model, model.DefaultGuidanceScale, negative),
            Style = Style(form.Text("style"), model),
            Language = Language(form.Text("language"), model),
            Audio = Audio(form.Boolean("audio"), model),
            RequestDigest = ticket.Digest,
        };
        return await InputReferenceAsync(form, model, ticket, cancellation) is { } picture
            ? spec with
            {
                InputArtifact = picture,
                GuidanceScale = GuidanceRules.Read(form, model, model.PictureGuidanceScale ?? model.DefaultGuidanceScale, negative),
            }
            : spec;
    }

    public ResolvedModel ResolveModel(string? name) => catalog.Resolve(name)
        ?? throw (catalog.Models.Count == 0 ? Refusals.NoModels() : Refusals.NoSuchModel(name, catalog, asParam: true));

    public static int Seconds(string? text, ModelInfo model)
    {
        if (text is null)
        {
            return model.DefaultSeconds;
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && model.Seconds.Contains(seconds)
            ? seconds
            : throw Refusals.BadSeconds(text, model);
    }

    private static FrameSize Size(string? text, ResolvedModel resolved)
    {
        if (text is null)
        {
            return resolved.DefaultSize;
        }

        if (!FrameSize.TryParse(text, out var size) || !SizeRules.CanDeliver(size, resolved.Model))
        {
            throw Refusals.BadSize(text, resolved.Model);
        }

        return resolved.Sizes == SizeRule.Scale || resolved.Model.NativeSizes.Contains(size)
            ? size
            : throw Refusals.SizeNotNative(text, resolved.Model);
    }

    private static string? Style(string? style, ModelInfo model)
    {
        if (style is null || model.Styles.Contains(style))
        {
            return style;
        }

        throw model.Styles.Count == 0
            ? Refusals.Unsupported(
                model, "style", "has no style presets. Leave style out and describe the look in the prompt.",
                "スタイルのプリセットを持っていません。style を外し、見た目をプロンプトに書いてください。")
            : Refusals.Unsupported(
                model, "style", $"has no such style. Its styles are: {string.Join(", ", model.Styles)}.",
                $"そのスタイルを持っていません。使えるのは {string.Join(", ", model.Styles)} です。");
    }

    private static string? Language(string? language, ModelInfo model)
    {
        if (language is null || model.Languages.Count == 0
            || model.Languages.Any(l => language.Equals(l, StringComparison.OrdinalIgnoreCase)
                || language.StartsWith(l + "-", StringComparison.OrdinalIgnoreCase)))
        {
            return language;
        }

        throw Refusals.Unsupported(
            model, "language", $"does not read that language. Its languages are: {string.Join(", ", model.Languages)}.",
            $"その言語に対応していません。対応する言語は {string.Join(", ", model.Languages)} です。");
    }

    private static bool Audio(bool? audio, ModelInfo model) => audio == true && !model.HasAudio
        ? throw Refusals.Unsupported(model, "audio", "makes no sound. Leave audio out.", "音を作れません。audio を外してください。")
        : audio ?? model.HasAudio;

    /// <summary>Last, as it takes longest; and before the pack's refusal, which is no answer to a file that is damaged.</summary>
    private async Task<string?> InputReferenceAsync(RequestForm form, ModelInfo model, JobTicket ticket, CancellationToken cancellation)
    {
        if (await uploads.PictureAsync(form, "input_reference", cancellation) is not { } clean)
        {
            return null;
        }

        if (!model.AcceptsInputReference)
        {
            throw Refusals.Unsupported(
                model, "input_reference", "makes clips from words alone and cannot start from a picture. Leave input_reference out.",
                "言葉だけから動画を作ります。画像からは始められません。input_reference を外してください。");
        }

        await using var picture = File.OpenRead(clean);
        var stored = await artifacts.WriteAsync(ticket.Inputs + "reference.png", (target, token) => picture.CopyToAsync(target, token), cancellation);
        return stored.Key;
    }
}
