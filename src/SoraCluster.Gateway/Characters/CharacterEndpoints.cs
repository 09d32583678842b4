using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SoraCluster.Domain.Artifacts;
using SoraCluster.Domain.Models;
using SoraCluster.Gateway.Errors;
using SoraCluster.Gateway.Identity;
using SoraCluster.Gateway.Requests;

namespace SoraCluster.Gateway.Characters;

/// <summary>
/// Characters need a pack that can be conditioned on a face, a voice and a way of moving. None can yet, so the calls answer
/// truthfully: registering is refused, and there is none to be found.
/// </summary>
internal static class CharacterEndpoints
{
    public static void MapCharacters(this IEndpointRouteBuilder routes)
    {
        var characters = routes.MapGroup("/videos/characters");
        characters.MapPost("", CreateAsync);
        characters.MapGet("/{id}", (string id) => { throw Refusals.NoSuchCharacter(id); });
    }

    private static async Task<IResult> CreateAsync(
        HttpContext context, RequestReader reader, IArtifactStore artifacts, IModelCatalog catalog)
    {
        context.GetCaller();
        var prefix = $"uploads/{context.TraceIdentifier}-";
        var form = await reader.ReadAsync(context, prefix);
        foreach (var file in form.Files.Values)
        {
            await artifacts.DeleteAsync(file.Artifact, CancellationToken.None);
        }

        form.AllowOnly("name", "video");
        throw Refusals.Unsupported(
            catalog.Resolve(null)?.Model ?? throw Refusals.NoModels(), "video",
            "cannot learn characters. Describe the character in the prompt.",
            "キャラクターを覚えられません。キャラクターはプロンプトに書いてください。");
    }
}
