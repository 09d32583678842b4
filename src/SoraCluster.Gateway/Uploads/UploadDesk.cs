using Microsoft.Extensions.Options;
using SoraCluster.Domain.Uploads;
using SoraCluster.Gateway.Errors;
using SoraCluster.Gateway.Requests;
using SoraCluster.Gateway.Webhooks;

namespace SoraCluster.Gateway.Uploads;

/// <summary>The one way from a file of a request to media that may be used: every upload goes through here, whatever becomes of it.</summary>
internal sealed class UploadDesk(UploadSpool spool, IUploadCleaner cleaner, GuardedHttp http, IOptions<GatewayOptions> options)
{
    private const string DataPrefix = "data:";

    /// <summary>A picture: a file, a data URL, or a URL to fetch it from.</summary>
    /// <returns>Path of its clean copy (PNG), there until the request is over; null when none was sent.</returns>
    /// <exception cref="Refusal">It is no picture, damaged, or over a limit; or it cannot be fetched.</exception>
    public async Task<string?> PictureAsync(RequestForm form, string name, CancellationToken cancellation)
    {
        var file = form.Files.GetValueOrDefault(name);
        if (file is null && form.Text($"{name}[image_url]") is { } url)
        {
            file = url.StartsWith(DataPrefix, StringComparison.OrdinalIgnoreCase)
                ? await DecodeAsync(form, url, name, cancellation)
                : await FetchAsync(form, url, name, cancellation);
        }

        return file is not null ? (await CleanAsync(file, name, UploadKind.Picture, cancellation)).Path
            : form.Has(name) || form.Has($"{name}[file_id]") ? throw Refusals.ReferenceByFileOnly(name)
            : null;
    }

    /// <summary>A clip, sent as a file.</summary>
    /// <returns>Path of its clean copy (MP4), there until the request is over, and its length; null when none was sent.</returns>
    /// <exception cref="Refusal">It is no clip, damaged, or over a limit.</exception>
    public async Task<(string Path, double Seconds)?> ClipAsync(RequestForm form, string name, CancellationToken cancellation) =>
        form.Files.GetValueOrDefault(name) is { } file ? await CleanAsync(file, name, UploadKind.Clip, cancellation) : null;

    private async Task<(string Path, double Seconds)> CleanAsync(UploadedFile file, string name, UploadKind kind, CancellationToken cancellation)
    {
        if (file.Length == 0)
        {
            throw Refusals.EmptyUpload(name);
        }

        if (kind is UploadKind.Picture && file.Length > options.Value.MaxPictureBytes)
        {
            throw Refusals.PictureTooLarge(name, options.Value.MaxPictureBytes);
        }

        var verdict = await cleaner.CleanAsync(file.Path, kind, file.CleanPath, cancellation);
        return verdict.Fault is { } fault ? throw Refusals.Upload(name, kind, fault, verdict.Limit) : (file.CleanPath, verdict.Seconds);
    }

    private async Task<UploadedFile> DecodeAsync(RequestForm form, string url, string name, CancellationToken cancellation)
    {
        var comma = url.IndexOf(',', StringComparison.Ordinal);
        if (comma < 0 || !url.AsSpan(0, comma).EndsWith(";base64", StringComparison.OrdinalIgnoreCase))
        {
            throw Refusals.BadDataUrl(name);
        }

        try
        {
            using var bytes = new MemoryStream(Convert.FromBase64String(url[(comma + 1)..]));
            return form.Keep(await spool.TakeAsync(bytes, cancellation));
        }
        catch (FormatException e)
        {
            throw Refusals.BadDataUrl(name, e);
        }
    }

    private async Task<UploadedFile> FetchAsync(RequestForm form, string text, string name, CancellationToken cancellation)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || !http.IsAllowed(url))
        {
            throw Refusals.BadImageUrl(name);
        }

        UploadedFile? file = null;
        var limit = options.Value.MaxPictureBytes;
        var failure = await http.GetAsync(
            url,
            async (body, token) =>
            {
                await using var limited = new LimitedStream(body, limit, () => Refusals.PictureTooLarge(name, limit));
                file = form.Keep(await spool.TakeAsync(limited, token));
            },
            cancellation);
        return failure is null ? file! : throw Refusals.CannotFetch(name, failure);
    }
}
