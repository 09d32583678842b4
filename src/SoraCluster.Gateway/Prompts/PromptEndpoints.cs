using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SoraCluster.Domain.Jobs;
using SoraCluster.Domain.Models;
using SoraCluster.Gateway.Errors;
using SoraCluster.Gateway.Identity;
using SoraCluster.Gateway.Json;
using SoraCluster.Gateway.Requests;
using SoraCluster.Gateway.Videos;

namespace SoraCluster.Gateway.Prompts;

/// <summary>Structured prompts without a clip: how one would be read, and the presets there are.</summary>
internal static class PromptEndpoints
{
    public static void MapPrompts(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/prompts", ReadAsync);
        routes.MapGet("/presets", (HttpContext context, PromptPresets presets) =>
        {
            context.GetCaller();
            return Results.Json(
                new PresetPage("list", [.. presets.All.Select(pair => new PresetResource(pair.Key, "preset", pair.Value))]),
                GatewayJson.Wire.PresetPage);
        });
    }

    private static async Task<IResult> ReadAsync(HttpContext context, RequestReader reader, PromptReader prompts, IModelCatalog catalog)
    {
        context.GetCaller();
        var form = await reader.ReadAsync(context);
        form.AllowOnly([.. PromptReader.Fields, "model", "seconds"]);
        var model = catalog.Resolve(form.Text("model"))?.Model ?? throw Refusals.NoSuchModel(form.Text("model"), catalog, asParam: true);
        var prompt = prompts.Required(form, SpecBuilder.Seconds(form.Scalar("seconds"), model));
        return Results.Json(
            new PromptResource(
                "prompt",
                PromptReader.FormOf(prompt.Text),
                prompt.Script is null ? null : JsonSerializer.Deserialize(prompt.Script, GatewayJson.Wire.PromptScript),
                [.. TimedText.Split(prompt.Conditioning ?? prompt.Text).Select(part => new PromptConditioning(part.Start, part.Text))]),
            GatewayJson.Wire.PromptResource);
    }
}
