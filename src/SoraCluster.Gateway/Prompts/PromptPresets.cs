using Microsoft.Extensions.Options;
using SoraCluster.Domain.Presets;
using SoraCluster.Domain.State;
using SoraCluster.Gateway.Errors;

namespace SoraCluster.Gateway.Prompts;

/// <summary>
/// The presets there are: a few of our own, the operator's (<see cref="GatewayOptions.Presets"/>), and the user's. Of one name the
/// user's is taken, then the operator's.
/// </summary>
internal sealed class PromptPresets(IEntities entities, IOptions<GatewayOptions> options)
{
    /// <summary>Origin of a preset that the user has made.</summary>
    public const string Yours = "yours";

    private static readonly Dictionary<string, PromptPreset> BuiltIn = new(StringComparer.Ordinal)
    {
        ["beach-day"] = new() { Scene = "beach", Lighting = "day", Camera = "static", Grade = "warm, bright", Style = "home video" },
        ["night-city"] = new() { Scene = "night", Lighting = "neon light", Camera = "slow pan", Grade = "teal and orange", Style = "35 mm film" },
        ["winter"] = new() { Scene = "snow", Lighting = "soft overcast light", Camera = "static", Grade = "cool, low contrast", Style = "documentary" },
        ["storybook"] = new() { Scene = "forest", Lighting = "golden light", Camera = "slow zoom", Grade = "rich colours", Style = "picture book" },
        ["vhs"] = new() { Camera = "hand-held", Grade = "faded, noisy", Style = "VHS tape, 1990s" },
    };

    /// <summary>What a user can name, by name.</summary>
    public async Task<SortedDictionary<string, PresetResource>> AllAsync(string owner)
    {
        var all = new SortedDictionary<string, PresetResource>(StringComparer.Ordinal);
        Add(BuiltIn, "built_in");
        Add(options.Value.Presets, "operator");
        Add((await entities.Get<IPresetShelf>(owner).ListAsync()).Presets, Yours);
        return all;

        void Add(IEnumerable<KeyValuePair<string, PromptPreset>> presets, string origin)
        {
            foreach (var (name, preset) in presets)
            {
                all[name] = new PresetResource(name, "preset", origin, preset);
            }
        }
    }

    /// <exception cref="Refusal">There is none of that name.</exception>
    public async Task<PromptScript> ApplyAsync(PromptScript script, string owner)
    {
        if (script.Preset is not { } name)
        {
            return script;
        }

        var all = await AllAsync(owner);
        var preset = all.GetValueOrDefault(name)?.Fills ?? throw Refusals.NoSuchPreset(name, all.Keys);
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
