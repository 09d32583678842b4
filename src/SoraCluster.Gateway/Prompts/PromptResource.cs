using SoraCluster.Domain.Presets;

namespace SoraCluster.Gateway.Prompts;

/// <summary>The answer of <c>POST /v1/prompts</c>: what a prompt would be read as.</summary>
/// <param name="Form"><c>prose</c>, <c>script</c> or <c>shots</c>.</param>
/// <param name="Script">Its parts, to be changed and sent as the prompt; null for prose without a preset.</param>
/// <param name="Conditioning">What the pack reads, by time.</param>
internal sealed record PromptResource(string Object, string Form, PromptScript? Script, IReadOnlyList<PromptConditioning> Conditioning);

/// <param name="Start">Seconds from the clip's beginning.</param>
/// <param name="Text">In the pack's words.</param>
/// <param name="Cut">A shot begins: nothing before it is gone on from.</param>
internal sealed record PromptConditioning(double Start, string Text, bool Cut);

internal sealed record PresetPage(string Object, IReadOnlyList<PresetResource> Data);

/// <param name="Origin"><c>built_in</c>, <c>operator</c> or <c>yours</c>.</param>
internal sealed record PresetResource(string Id, string Object, string Origin, PromptPreset Fills);

internal sealed record PresetDeleted(string Id, string Object, bool Deleted);
