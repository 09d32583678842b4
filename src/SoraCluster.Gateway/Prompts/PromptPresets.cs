using Microsoft.Extensions.Options;
using SoraCluster.Gateway.Errors;

namespace SoraCluster.Gateway.Prompts;

/// <summary>The presets there are: a few of our own, and the operator's (<see cref="GatewayOptions.Presets"/>), which win by name.</summary>
internal sealed class PromptPresets(IOptions<GatewayOptions> options)
{
    private static readonly Dictionary<string, PromptPreset> Own = new(StringComparer.Ordinal)
    {
        ["beach-day"] = new() { Scene = "beach", Lighting = "day", Camera = "static", Grade = "warm, bright", Style = "home video" },
        ["night-city"] = new() { Scene = "night", Lighting = "neon light", Camera = "slow pan", Grade = "teal and orange", Style = "35 mm film" },
        ["winter"] = new() { Scene = "snow", Lighting = "soft overcast light", Camera = "static", Grade = "cool, low contrast", Style = "documentary" },
        ["storybook"] = new() { Scene = "forest", Lighting = "golden light", Camera = "slow zoom", Grade = "rich colours", Style = "picture book" },
        ["vhs"] = new() { Camera = "hand-held", Grade = "faded, noisy", Style = "VHS tape, 1990s" },
    };

    public IEnumerable<KeyValuePair<string, PromptPreset>> All =>
        options.Value.Presets.Concat(Own.Where(own => !options.Value.Presets.ContainsKey(own.Key))).OrderBy(pair => pair.Key, StringComparer.Ordinal);

    /// <exception cref="Refusal">There is none of that name.</exception>
    public PromptScript Apply(PromptScript script)
    {
        if (script.Preset is not { } name)
        {
            return script;
        }

        var preset = options.Value.Presets.GetValueOrDefault(name) ?? Own.GetValueOrDefault(name)
            ?? throw Refusals.NoSuchPreset(name, All.Select(pair => pair.Key));
        return script with
        {
            Style = script.Style ?? preset.Style,
            Shots = [.. script.Shots.Select(shot => shot with
            {
                Camera = shot.Camera ?? preset.Camera,
                Scene = shot.Scene ?? preset.Scene,
                Lighting = shot.Lighting ?? preset.Lighting,
                Audio = shot.Audio ?? preset.Audio,
                Grade = shot.Grade ?? preset.Grade,
                Tempo = shot.Tempo ?? preset.Tempo,
            })],
        };
    }
}
