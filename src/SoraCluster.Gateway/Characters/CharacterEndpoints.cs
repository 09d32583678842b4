using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SoraCluster.Domain.Models;
using SoraCluster.Gateway.Errors;
using SoraCluster.Gateway.Identity;
using SoraCluster.Gateway.Requests;
using SoraCluster.Gateway.Uploads;

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

    private static async Task<IResult> CreateAsync(HttpContext context, RequestReader reader, UploadDesk uploads, IModelCatalog catalog)
    {
        context.GetCaller();
        var form = await reader.ReadAsync(context, files: true);
        form.AllowOnly("name", "video");
        if (await uploads.ClipAsync(form, "video", context.RequestAborted) is null)
        {
            throw Refusals.Missing("video");
        }

        throw Refusals.Unsupported(
            catalog.Resolve(null)?.Model ?? throw Refusals.NoModels(), "video",
            "cannot learn characters. Describe the character in the prompt.",
            "キャラクターを覚えられません。キャラクターはプロンプトに書いてください。");
    }
}
