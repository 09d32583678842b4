using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using SoraCluster.Domain.Artifacts;
using SoraCluster.Domain.Errors;
using SoraCluster.Domain.Serialization;

namespace SoraCluster.Gateway.Workers;

/// <summary>Artifacts by key: <c>GET</c>, <c>HEAD</c>, <c>PUT</c>, <c>DELETE</c>; by prefix: <c>GET</c> (a line of JSON each), <c>DELETE</c>.</summary>
internal static class ArtifactEndpoints
{
    private const string AbsenceHeader = "x-sora-absent";
    private const string DigestHeader = "x-sora-sha256";

    public static void MapArtifacts(this IEndpointRouteBuilder group)
    {
        group.MapGet("/artifacts/{**key}", (HttpContext context, [FromServices] IArtifactStore store, string key) =>
            ReadAsync(context, store, key));
        group.MapMethods("/artifacts/{**key}", [HttpMethods.Head], InfoAsync);
        group.MapPut("/artifacts/{**key}", WriteAsync);
        group.MapDelete("/artifacts/{**key}", DeleteAsync);
        group.MapGet("/artifacts", ListAsync);
        group.MapDelete("/artifacts", DeletePrefixAsync);
    }

    private static async Task ReadAsync(HttpContext context, IArtifactStore store, string key)
    {
        Check(ArtifactKeys.IsValid(key));
        await using var stream = await store.OpenReadAsync(key, context.RequestAborted);
        if (stream is null)
        {
            TellAbsence(context);
            return;
        }

        context.Response.ContentType = "application/octet-stream";
        context.Response.ContentLength = stream.Length;
        await stream.CopyToAsync(context.Response.Body, context.RequestAborted);
    }

    private static async Task InfoAsync(HttpContext context, [FromServices] IArtifactStore store, string key)
    {
        Check(ArtifactKeys.IsValid(key));
        if (await store.GetInfoAsync(key, context.RequestAborted) is not { } info)
        {
            TellAbsence(context);
            return;
        }

        context.Response.ContentLength = info.Length;
        if (info.Sha256 is { } digest)
        {
            context.Response.Headers[DigestHeader] = digest;
        }
    }

    private static async Task WriteAsync(HttpContext context, [FromServices] IArtifactStore store, string key)
    {
        Check(ArtifactKeys.IsValid(key));
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = null;
        }

        var expected = context.Request.Headers[DigestHeader].ToString();
        var info = await store.WriteAsync(
            key, (destination, cancellation) => CopyAsync(context.Request.Body, destination, expected, cancellation), context.RequestAborted);
        await context.Response.WriteAsJsonAsync(info, DomainJson.Default.ArtifactInfo, cancellationToken: context.RequestAborted);
    }

    private static async Task DeleteAsync(HttpContext context, [FromServices] IArtifactStore store, string key)
    {
        Check(ArtifactKeys.IsValid(key));
        if (await store.DeleteAsync(key, context.RequestAborted))
        {
            context.Response.StatusCode = StatusCodes.Status204NoContent;
        }
        else
        {
            TellAbsence(context);
        }
    }

    private static async Task ListAsync(HttpContext context, [FromServices] IArtifactStore store, [FromQuery] string prefix)
    {
        CheckPrefix(prefix);
        context.Response.ContentType = "application/jsonl";
        await foreach (var info in store.ListAsync(prefix, context.RequestAborted))
        {
            await JsonSerializer.SerializeAsync(context.Response.Body, info, DomainJson.Default.ArtifactInfo, context.RequestAborted);
            await context.Response.Body.WriteAsync("\n"u8.ToArray(), context.RequestAborted);
        }
    }

    private static async Task DeletePrefixAsync(HttpContext context, [FromServices] IArtifactStore store, [FromQuery] string prefix)
    {
        CheckPrefix(prefix);
        await store.DeletePrefixAsync(prefix, context.RequestAborted);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    /// <summary>Copies and checks: what was cut off or damaged on the way is not stored.</summary>
    private static async Task CopyAsync(Stream source, Stream destination, string expected, CancellationToken cancellation)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[64 * 1024];
        for (int count; (count = await source.ReadAsync(buffer, cancellation)) > 0;)
        {
            hash.AppendData(buffer, 0, count);
            await destination.WriteAsync(buffer.AsMemory(0, count), cancellation);
        }

        var found = Convert.ToHexStringLower(hash.GetHashAndReset());
        if (expected.Length > 0 && expected != found)
        {
            throw new SoraException(SoraErrorCode.InvalidRequest, $"The artifact arrived damaged: its SHA-256 is {found}, not {expected}.");
        }
    }

    private static void TellAbsence(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status404NotFound;
        context.Response.Headers[AbsenceHeader] = "1";
    }

    private static void CheckPrefix(string prefix) => Check(prefix.EndsWith('/') && ArtifactKeys.IsValid(prefix[..^1]));

    private static void Check(bool valid)
    {
        if (!valid)
        {
            throw new SoraException(SoraErrorCode.InvalidRequest, "That is not an artifact key.");
        }
    }
}
