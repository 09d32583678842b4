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

/// <summary>Structured prompts without a clip: how one would be read.</summary>
internal static class PromptEndpoints
{
    public static void MapPrompts(this IEndpointRouteBuilder routes) => routes.MapPost("/prompts", ReadAsync);

    private static async Task<IResult> ReadAsync(HttpContext context, RequestReader reader, PromptReader prompts, IModelCatalog catalog)
    {
        var owner = context.GetCaller().Owner;
        var form = await reader.ReadAsync(context);
        form.AllowOnly([.. PromptReader.Fields, "model", "seconds"]);
        var model = catalog.Resolve(form.Text("model"))?.Model ?? throw Refusals.NoSuchModel(form.Text("model"), catalog, asParam: true);
        var prompt = await prompts.RequiredAsync(form, owner, SpecBuilder.Seconds(form.Scalar("seconds"), model));
        return Results.Json(
            new PromptResource(
                "prompt",
                PromptReader.FormOf(prompt.Text),
                prompt.Script is null ? null : JsonSerializer.Deserialize(prompt.Script, GatewayJson.Wire.PromptScript),
                [.. TimedText.Split(prompt.Conditioning ?? prompt.Text).Select(part => new PromptConditioning(part.Start, part.Text, part.Cut))]),
            GatewayJson.Wire.PromptResource);
    }
}
