using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace SoraCluster.Gateway.OpenApi;

/// <summary><c>/openapi.json</c>: the contract as a document, kept by hand beside this file and held to the routes by a test.</summary>
internal static class OpenApiEndpoint
{
    private const string Resource = "SoraCluster.Gateway.OpenApi.openapi.json";

    private static readonly Lazy<byte[]> Document = new(Load);

    public static void MapOpenApi(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/openapi.json", () => Results.Bytes(Document.Value, "application/json; charset=utf-8"));

    private static byte[] Load()
    {
        using var stream = typeof(OpenApiEndpoint).Assembly.GetManifestResourceStream(Resource)
            ?? throw new InvalidOperationException($"The resource {Resource} is missing from the build.");
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        return copy.ToArray();
    }
}
