using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using SoraCluster.Gateway.Errors;
using SoraCluster.Gateway.Uploads;

namespace SoraCluster.Gateway.Requests;

/// <summary>Reads multipart/form-data as it comes: values into memory, files to the disk.</summary>
internal sealed class MultipartBodyReader(UploadSpool spool, IOptions<GatewayOptions> options)
{
    private const int MaxParts = 64;
    private const int MaxBoundary = 128;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public async Task<RequestForm> ReadAsync(
        HttpRequest request, MediaTypeHeaderValue type, bool takesFiles, long limit, CancellationToken cancellation)
    {
        var boundary = HeaderUtilities.RemoveQuotes(type.Boundary).ToString();
        if (boundary.Length is 0 or > MaxBoundary)
        {
            throw Refusals.MalformedMultipart("its boundary is missing or too long", "boundary がないか、長すぎます");
        }

        var fields = new Dictionary<string, FormField>(StringComparer.Ordinal);
        var files = new Dictionary<string, UploadedFile>(StringComparer.Ordinal);
        try
        {
            var reader = new MultipartReader(boundary, request.Body) { HeadersCountLimit = 16, HeadersLengthLimit = 8192, BodyLengthLimit = limit };
            var parts = 0;
            while (await reader.ReadNextSectionAsync(cancellation) is { } section)
            {
                if (++parts > MaxParts)
                {
                    throw Refusals.TooManyFields(MaxParts);
                }

                await ReadPartAsync(section, fields, files, takesFiles, cancellation);
            }

            return new RequestForm(fields, files);
        }
        catch (Exception e) when (e is InvalidDataException or DecoderFallbackException || (e is IOException && e is not BadHttpRequestException))
        {
            Discard(files);
            throw Refusals.MalformedMultipart("it ends early or a part cannot be read", "途中で終わっているか、読み取れないパートがあります", e);
        }
        catch
        {
            Discard(files);
            throw;
        }
    }

    private async Task ReadPartAsync(
        MultipartSection section, Dictionary<string, FormField> fields, Dictionary<string, UploadedFile> files,
        bool takesFiles, CancellationToken cancellation)
    {
        if (!ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out var disposition) || !disposition.Name.HasValue)
        {
            throw Refusals.MalformedMultipart("a part has no name", "名前のないパートがあります");
        }

        var name = HeaderUtilities.RemoveQuotes(disposition.Name).ToString();
        if (fields.ContainsKey(name) || files.ContainsKey(name))
        {
            throw Refusals.DuplicateField(name);
        }

        if (disposition.FileName.HasValue || disposition.FileNameStar.HasValue)
        {
            if (!takesFiles)
            {
                throw Refusals.NoFileHere(name);
            }

            files.Add(name, await spool.TakeAsync(section.Body, cancellation));
        }
        else
        {
            // "videos[]" repeats; each becomes videos[0], videos[1] …, as JSON arrays do.
            var key = name.EndsWith("[]", StringComparison.Ordinal) ? NextIndex(name[..^2], fields) : name;
            fields.Add(key, new FormField(await ReadTextAsync(name, section.Body, cancellation), FieldKind.FormText));
        }
    }

    private static string NextIndex(string name, Dictionary<string, FormField> fields)
    {
        var index = 0;
        while (fields.ContainsKey($"{name}[{index}]"))
        {
            index++;
        }

        return $"{name}[{index}]";
    }

    private async Task<string> ReadTextAsync(string name, Stream body, CancellationToken cancellation)
    {
        // Twice the longest prompt: the prompt's own check then says what is wrong with it.
        var limit = options.Value.MaxPromptBytes * 2;
        using var text = new MemoryStream();
        var buffer = new byte[4096];
        int count;
        while ((count = await body.ReadAsync(buffer, cancellation)) > 0)
        {
            text.Write(buffer, 0, count);
            if (text.Length > limit)
            {
                throw Refusals.TooLong(name, limit);
            }
        }

        return Utf8.GetString(text.GetBuffer(), 0, (int)text.Length);
    }

    private static void Discard(Dictionary<string, UploadedFile> files)
    {
        foreach (var file in files.Values)
        {
            file.Dispose();
        }
    }
}
