using System.Text.Json;
using SoraCluster.Gateway.Errors;
using SoraCluster.Gateway.Json;
using SoraCluster.Gateway.Requests;
using SoraCluster.Gateway.Videos;

namespace SoraCluster.Gateway.Prompts;

/// <summary>Reads <c>prompt</c> and <c>preset</c> of a request: prose, the script form, or a JSON shot list, whichever it is.</summary>
internal sealed class PromptReader(PromptRules rules, PromptPresets presets)
{
    public static readonly IReadOnlyList<string> Fields = ["prompt", "preset"];

    /// <exception cref="Refusal">There is none, or it cannot be read.</exception>
    public async Task<ReadPrompt> RequiredAsync(RequestForm form, string owner, int seconds) =>
        await OptionalAsync(form, owner, seconds) ?? throw Refusals.Missing("prompt");

    /// <param name="form">The request.</param>
    /// <param name="owner">Whose presets are known beside everybody's.</param>
    /// <param name="seconds">Length of what the words are for: no time in them lies beyond.</param>
    /// <returns>Null when none was sent.</returns>
    public async Task<ReadPrompt?> OptionalAsync(RequestForm form, string owner, int seconds)
    {
        if (rules.Optional(form, "prompt") is not { } text)
        {
            return null;
        }

        var script = await ParseAsync(text, form.Text("preset"), owner);
        if (script is null)
        {
            return new ReadPrompt(text);
        }

        CheckTimes(script, seconds);
        var conditioning = ConditioningText.Of(script);
        return string.IsNullOrWhiteSpace(conditioning)
            ? throw Refusals.NothingToShow()
            : new ReadPrompt(text, conditioning, JsonSerializer.Serialize(script, GatewayJson.Wire.PromptScript));
    }

    /// <summary>The parts of a prompt, a preset applied; null for prose without one.</summary>
    private async Task<PromptScript?> ParseAsync(string text, string? preset, string owner)
    {
        var script = FormOf(text) switch
        {
            "shots" => ShotListReader.Read(text),
            "script" => ScriptParser.Parse(text),
            _ => preset is null ? null : new PromptScript(null, null, null, [new PromptShot { Action = text }]),
        };
        return script is null ? null : await presets.ApplyAsync(script with { Preset = preset ?? script.Preset }, owner);
    }

    /// <summary><c>shots</c>, <c>script</c> or <c>prose</c>.</summary>
    public static string FormOf(string text) =>
        ShotListReader.IsShotList(text) ? "shots" : ScriptParser.IsScript(text) ? "script" : "prose";

    private static void CheckTimes(PromptScript script, int seconds)
    {
        foreach (var shot in script.Shots)
        {
            var last = shot.Beats.Select(beat => beat.End ?? beat.Start).Append(shot.End ?? shot.Start ?? 0).Max();
            var begins = shot.Beats.Select(beat => beat.Start).Append(shot.Start ?? 0).Max();
            if (last > seconds || begins >= seconds)
            {
                throw Refusals.BeyondEnd(Math.Max(last, begins), seconds);
            }
        }
    }
}
