using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using SoraCluster.Gateway.Errors;

namespace SoraCluster.Gateway.Requests;

/// <summary>Reads a body, whichever of the accepted types it is, within the limits.</summary>
internal sealed class RequestReader(JsonBodyReader json, MultipartBodyReader multipart, IOptions<GatewayOptions> options)
{
    /// <summary>A JSON body is held in memory whole, so it is kept shorter than one that streams.</summary>
    private const long MaxJsonBytes = 8L << 20;

    /// <param name="context">The request; the form and its files go when it is over.</param>
    /// <param name="files">Whether the body may hold files.</param>
    public async Task<RequestForm> ReadAsync(HttpContext context, bool files = false)
    {
        var form = await ReadBodyAsync(context, files);
        context.Response.RegisterForDispose(form);
        return form;
    }

    private async Task<RequestForm> ReadBodyAsync(HttpContext context, bool files)
    {
        var request = context.Request;
        var limit = options.Value.MaxBodyBytes;
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } feature)
        {
            feature.MaxRequestBodySize = limit;
        }

        if (request.ContentLength > limit)
        {
            throw Refusals.BodyTooLarge(limit);
        }

        if (string.IsNullOrEmpty(request.ContentType))
        {
            return request.ContentLength is > 0 || request.Headers.TransferEncoding.Count > 0
                ? throw Refusals.UnsupportedBody(null)
                : new RequestForm([], []);
        }

        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type))
        {
            throw Refusals.UnsupportedBody(request.ContentType);
        }

        if (type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase))
        {
            return await multipart.ReadAsync(request, type, files, limit, context.RequestAborted);
        }

        var utf8 = !type.Charset.HasValue || type.Charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase);
        return type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase) && utf8
            ? await json.ReadAsync(request, Math.Min(limit, MaxJsonBytes), context.RequestAborted)
            : throw Refusals.UnsupportedBody(request.ContentType);
    }
}
