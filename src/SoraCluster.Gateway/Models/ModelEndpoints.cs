using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SoraCluster.Domain.Models;
using SoraCluster.Gateway.Errors;
using SoraCluster.Gateway.Json;
using SoraCluster.Gateway.Videos;

namespace SoraCluster.Gateway.Models;

/// <summary>The packs, OpenAI shaped. The list names each pack once; one can be asked for by any of its names.</summary>
internal static class ModelEndpoints
{
    public static void MapModels(this IEndpointRouteBuilder routes)
    {
        var models = routes.MapGroup("/models");
        models.MapGet("", List);
        models.MapGet("/{id}", Get);
    }

    private static IResult List(IModelCatalog catalog)
    {
        var data = catalog.Models.Select(model => Map(catalog.Resolve(model.Id)!));
        return Results.Json(new ModelPage("list", [.. data]), GatewayJson.Wire.ModelPage);
    }

    private static IResult Get(string id, IModelCatalog catalog) => catalog.Resolve(id) is { } resolved
        ? Results.Json(Map(resolved), GatewayJson.Wire.ModelResource)
        : throw Refusals.NoSuchModel(id, catalog, asParam: false);

    private static ModelResource Map(ResolvedModel resolved)
    {
        var model = resolved.Model;
        return new ModelResource(resolved.Name, "model", model.Created.ToUnixTimeSeconds(), model.OwnedBy, new ModelExtras
        {
            Pack = model.Id,
            Name = model.Name,
            Description = model.Description,
            Version = model.Version,
            Licence = model.Licence,
            Aliases = [.. model.Aliases.Select(a => a.Name)],
            NativeSizes = [.. model.NativeSizes.Select(s => s.ToString())],
            DefaultSize = resolved.DefaultSize.ToString(),
            OtherSizes = resolved.Sizes == SizeRule.Scale ? "scale" : "refuse",
            Seconds = [.. model.Seconds.Select(s => s.ToString(CultureInfo.InvariantCulture))],
            DefaultSeconds = model.DefaultSeconds.ToString(CultureInfo.InvariantCulture),
            DefaultSteps = model.DefaultSteps,
            MaxSteps = model.MaxSteps,
            DefaultGuidanceScale = model.DefaultGuidanceScale,
            Audio = model.HasAudio,
            InputReference = model.AcceptsInputReference,
            Operations = [.. model.Operations.Select(WireNames.Of)],
            Styles = model.Styles,
            Languages = model.Languages,
            EstimatedSeconds = Math.Round(
                model.EstimateSeconds(model.DefaultSeconds, model.DefaultSteps, model.DefaultGuidanceScale), 3),
        });
    }
}
