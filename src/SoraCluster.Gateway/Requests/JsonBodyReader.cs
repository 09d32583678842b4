using System.Text.Json;
using Microsoft.AspNetCore.Http;
using SoraCluster.Gateway.Errors;

namespace SoraCluster.Gateway.Requests;

/// <summary>Flattens a JSON object into fields.</summary>
internal sealed class JsonBodyReader
{
    private const int MaxFields = 256;

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 8, AllowDuplicateProperties = false };

    public async Task<RequestForm> ReadAsync(HttpRequest request, long limit, CancellationToken cancellation)
    {
        try
        {
            await using var body = new LimitedStream(request.Body, limit, () => Refusals.BodyTooLarge(limit));
            using var document = await JsonDocument.ParseAsync(body, Strict, cancellation);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                throw Refusals.MalformedJson("its outermost value is not an object", "最も外側の値がオブジェクトではありません");
            }

            var fields = new Dictionary<string, FormField>(StringComparer.Ordinal);
            Flatten(document.RootElement, prefix: null, fields);
            return new RequestForm(fields, []);
        }
        catch (JsonException e)
        {
            var line = (e.LineNumber ?? 0) + 1;
            var column = (e.BytePositionInLine ?? 0) + 1;
            throw Refusals.MalformedJson($"it cannot be read at line {line}, byte {column}", $"{line} 行目 {column} バイト目で解釈できません", e);
        }
        catch (InvalidOperationException e)
        {
            // Strings are decoded when they are looked at: half a surrogate pair, or bytes that are not UTF-8.
            throw Refusals.MalformedJson("it holds text that is not valid Unicode", "Unicode として正しくない文字列が含まれています", e);
        }
    }

    private static void Flatten(JsonElement element, string? prefix, Dictionary<string, FormField> fields)
    {
        foreach (var property in element.EnumerateObject())
        {
            if (prefix is null && property.NameEquals("prompt") && property.Value.ValueKind is (JsonValueKind.Object or JsonValueKind.Array))
            {
                // A shot list: read by those who know prompts, as when it comes as text.
                fields["prompt"] = new FormField(property.Value.GetRawText(), FieldKind.JsonString);
                continue;
            }

            AddValue(prefix is null ? property.Name : $"{prefix}[{property.Name}]", property.Value, fields);
        }
    }

    private static void AddValue(string name, JsonElement value, Dictionary<string, FormField> fields)
    {
        if (fields.Count >= MaxFields)
        {
            throw Refusals.TooManyFields(MaxFields);
        }

        switch (value.ValueKind)
        {
            case JsonValueKind.Null:
                break;
            case JsonValueKind.Object:
                Flatten(value, name, fields);
                break;
            case JsonValueKind.Array:
                foreach (var (index, item) in value.EnumerateArray().Index())
                {
                    AddValue($"{name}[{index}]", item, fields);
                }

                break;
            default:
                // Two spellings may flatten to one name ({"a":{"b":1},"a[b]":2}); the later would win in silence.
                if (!fields.TryAdd(name, new FormField(Scalar(value), Kind(value.ValueKind))))
                {
                    throw Refusals.DuplicateField(name);
                }

                break;
        }
    }

    private static string Scalar(JsonElement value) =>
        value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();

    private static FieldKind Kind(JsonValueKind kind) => kind switch
    {
        JsonValueKind.String => FieldKind.JsonString,
        JsonValueKind.Number => FieldKind.JsonNumber,
        _ => FieldKind.JsonBoolean,
    };
}
