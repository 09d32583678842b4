using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SoraCluster.Domain.Presets;
using SoraCluster.Domain.State;
using SoraCluster.Gateway.Errors;
using SoraCluster.Gateway.Identity;
using SoraCluster.Gateway.Json;
using SoraCluster.Gateway.Requests;
using SoraCluster.Gateway.Videos;

namespace SoraCluster.Gateway.Prompts;

/// <summary>Ours: the presets there are, and those that users make for themselves.</summary>
internal static class PresetEndpoints
{
    private const int MaxNameLength = 64;
    private const int MaxPartBytes = 512;

    public static void MapPresets(this IEndpointRouteBuilder routes)
    {
        var presets = routes.MapGroup("/presets");
        presets.MapGet("", ListAsync);
        presets.MapPut("/{id}", PutAsync);
        presets.MapDelete("/{id}", RemoveAsync);
    }

    private static async Task<IResult> ListAsync(HttpContext context, PromptPresets presets)
    {
        var all = await presets.AllAsync(context.GetCaller().Owner);
        return Results.Json(new PresetPage("list", [.. all.Values]), GatewayJson.Wire.PresetPage);
    }

    private static async Task<IResult> PutAsync(string id, HttpContext context, RequestReader reader, PromptRules rules, IEntities entities)
    {
        var owner = context.GetCaller().Owner;
        if (id.Length > MaxNameLength || !id.All(c => char.IsLetterOrDigit(c) || c is '-' or '_' or '.'))
        {
            throw Refusals.BadPresetName(id, MaxNameLength);
        }

        var form = await reader.ReadAsync(context);
        form.AllowOnly("style", "camera", "scene", "lighting", "audio", "grade", "tempo");
        var preset = new PromptPreset
        {
            Style = Part("style"),
            Camera = Part("camera"),
            Scene = Part("scene"),
            Lighting = Part("lighting"),
            Audio = Part("audio"),
            Grade = Part("grade"),
            Tempo = Part("tempo"),
        };
        if (preset == new PromptPreset())
        {
            throw Refusals.EmptyPreset();
        }

        return await entities.Get<IPresetShelf>(owner).PutAsync(id, preset)
            ? Results.Json(new PresetResource(id, "preset", PromptPresets.Yours, preset), GatewayJson.Wire.PresetResource)
            : throw Refusals.TooManyPresets(PresetShelf.Capacity);

        string? Part(string name) => rules.Optional(form, name) is not { } text ? null
            : Encoding.UTF8.GetByteCount(text) <= MaxPartBytes ? text
            : throw Refusals.TooLong(name, MaxPartBytes);
    }

    private static async Task<IResult> RemoveAsync(string id, HttpContext context, IEntities entities) =>
        await entities.Get<IPresetShelf>(context.GetCaller().Owner).RemoveAsync(id)
            ? Results.Json(new PresetDeleted(id, "preset.deleted", Deleted: true), GatewayJson.Wire.PresetDeleted)
            : throw Refusals.NoPresetOfYours(id);
}
