using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace SoraCluster.Gateway.OpenApi;

/// <summary>
/// <c>/openapi.json</c>: the contract as a document, kept by hand beside this file and held to the routes by a test; <c>/docs/api.md</c>: the same for people.
/// </summary>
internal static class OpenApiEndpoint
{
    private static readonly Lazy<byte[]> Document = new(() => Load("openapi.json"));
    private static readonly Lazy<byte[]> Page = new(() => Load("api.md"));

    public static void MapOpenApi(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/openapi.json", () => Results.Bytes(Document.Value, "application/json; charset=utf-8"));
        routes.MapGet("/docs/api.md", () => Results.Bytes(Page.Value, "text/markdown; charset=utf-8"));
    }

    private static byte[] Load(string name)
    {
        var resource = $"SoraCluster.Gateway.OpenApi.{name}";
        using var stream = typeof(OpenApiEndpoint).Assembly.GetManifestResourceStream(resource)
            ?? throw new InvalidOperationException($"The resource {resource} is missing from the build.");
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        return copy.ToArray();
    }
}
