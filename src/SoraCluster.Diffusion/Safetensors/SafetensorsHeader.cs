using System.Buffers.Binary;
using System.Text.Json;
using System.Text.Unicode;

namespace SoraCluster.Diffusion.Safetensors;

/// <summary>
/// Reads and checks a header. The rules are the format's own (github.com/huggingface/safetensors, "Format"): eight bytes of header length, JSON,
/// then the data, which the tensors must cover from the first byte to the last without overlap or gap.
/// </summary>
internal static class SafetensorsHeader
{
    /// <summary>Bytes of the length field in front of the JSON.</summary>
    public const int PrefixLength = 8;

    /// <summary>The reference implementation's limit.</summary>
    private const long MaxLength = 100_000_000;

    private const string MetadataKey = "__metadata__";

    /// <summary>The JSON's length from the file's first bytes; never more than the file can hold.</summary>
    public static int ReadLength(ReadOnlySpan<byte> prefix, long fileLength)
    {
        if (prefix.Length < PrefixLength)
        {
            throw new SafetensorsException(null, "at least 8 bytes", $"{prefix.Length} bytes");
        }

        var length = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (length > MaxLength)
        {
            throw new SafetensorsException(null, $"a header of at most {MaxLength} bytes", $"a length of {length} (not a safetensors file?)");
        }

        if ((long)length > fileLength - PrefixLength)
        {
            throw new SafetensorsException(null, $"a header of {length} bytes", $"a file of {fileLength} bytes (truncated?)");
        }

        return (int)length;
    }

    public static (List<TensorInfo> Tensors, Dictionary<string, string> Metadata) Parse(ReadOnlyMemory<byte> json, long dataLength)
    {
        var tensors = new List<TensorInfo>();
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        using var document = ParseJson(json);
        foreach (var entry in document.RootElement.EnumerateObject())
        {
            if (entry.Name == MetadataKey)
            {
                ReadMetadata(entry.Value, metadata);
            }
            else
            {
                tensors.Add(ReadTensor(entry.Name, entry.Value, dataLength));
            }
        }

        CheckCoverage(tensors, dataLength);
        return (tensors, metadata);
    }

    private static JsonDocument ParseJson(ReadOnlyMemory<byte> json)
    {
        if (!Utf8.IsValid(json.Span))
        {
            throw new SafetensorsException(null, "a JSON header in UTF-8", "bytes that are not UTF-8");
        }

        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(json, new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = 8 });
        }
        catch (JsonException e)
        {
            throw new SafetensorsException(null, "a JSON header without duplicate names", e.Message.TrimEnd('.'), e);
        }

        if (document.RootElement.ValueKind != JsonValueKind.Object)
        {
            var kind = document.RootElement.ValueKind;
            document.Dispose();
            throw new SafetensorsException(null, "a JSON object as header", kind.ToString());
        }

        return document;
    }

    private static void ReadMetadata(JsonElement value, Dictionary<string, string> metadata)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            throw new SafetensorsException(null, $"an object of strings in {MetadataKey}", value.ValueKind.ToString());
        }

        foreach (var pair in value.EnumerateObject())
        {
            metadata[pair.Name] = pair.Value.ValueKind == JsonValueKind.String
                ? pair.Value.GetString()!
                : throw new SafetensorsException(null, $"a string at {MetadataKey}.{pair.Name}", pair.Value.ValueKind.ToString());
        }
    }

    private static TensorInfo ReadTensor(string name, JsonElement value, long dataLength)
    {
        if (value.ValueKind != JsonValueKind.Object
            || !value.TryGetProperty("dtype", out var dtype) || dtype.ValueKind != JsonValueKind.String
            || !value.TryGetProperty("shape", out var shape) || shape.ValueKind != JsonValueKind.Array
            || !value.TryGetProperty("data_offsets", out var offsets) || offsets.ValueKind != JsonValueKind.Array
            || offsets.GetArrayLength() != 2)
        {
            throw new SafetensorsException(name, "dtype, shape and two data_offsets", Shorten(value.GetRawText()));
        }

        var dtypeName = dtype.GetString()!;
        var dims = ReadNumbers(name, "shape", shape);
        var range = ReadNumbers(name, "data_offsets", offsets);
        if (range[0] > range[1] || range[1] > dataLength)
        {
            throw new SafetensorsException(
                name, $"data inside the file's {dataLength} bytes of data", $"bytes {range[0]} to {range[1]} (truncated?)");
        }

        CheckSize(name, dtypeName, dims, range[1] - range[0]);
        return new TensorInfo(name, DtypeOf(dtypeName), dtypeName, dims, range[0], range[1] - range[0]);
    }

    private static long[] ReadNumbers(string tensor, string field, JsonElement array)
    {
        var numbers = new long[array.GetArrayLength()];
        var i = 0;
        foreach (var element in array.EnumerateArray())
        {
            if (element.ValueKind != JsonValueKind.Number || !element.TryGetInt64(out numbers[i]) || numbers[i] < 0)
            {
                throw new SafetensorsException(tensor, $"whole numbers from 0 in {field}", Shorten(array.GetRawText()));
            }

            i++;
        }

        return numbers;
    }

    private static void CheckSize(string name, string dtypeName, long[] dims, long length)
    {
        if (BitsOf(dtypeName) is not { } bits)
        {
            throw new SafetensorsException(name, "a known dtype", $"'{dtypeName}'");
        }

        var size = (Int128)bits;
        foreach (var dim in dims)
        {
            size *= dim;
            if (size > long.MaxValue)
            {
                throw new SafetensorsException(name, "a shape that fits in memory", $"[{string.Join(", ", dims)}]");
            }
        }

        if (size != (Int128)length * 8)
        {
            throw new SafetensorsException(
                name, $"{(long)(size / 8)} bytes for {dtypeName} [{string.Join(", ", dims)}]", $"{length} bytes");
        }
    }

    private static void CheckCoverage(List<TensorInfo> tensors, long dataLength)
    {
        var position = 0L;
        foreach (var tensor in tensors.OrderBy(tensor => tensor.Offset).ThenBy(tensor => tensor.Length))
        {
            if (tensor.Offset != position)
            {
                throw new SafetensorsException(
                    tensor.Name, $"data that starts at byte {position}, where the tensor before it ends",
                    $"byte {tensor.Offset} ({(tensor.Offset < position ? "an overlap" : "a gap")})");
            }

            position += tensor.Length;
        }

        if (position != dataLength)
        {
            throw new SafetensorsException(null, $"{position} bytes of data", $"{dataLength}");
        }
    }

    private static TensorDtype DtypeOf(string name) => name switch
    {
        "F32" => TensorDtype.Float32,
        "F16" => TensorDtype.Float16,
        "BF16" => TensorDtype.BFloat16,
        _ => TensorDtype.Other,
    };

    private static int? BitsOf(string name) => name switch
    {
        "F4" => 4,
        "F6_E2M3" or "F6_E3M2" => 6,
        "BOOL" or "U8" or "I8" or "F8_E5M2" or "F8_E4M3" or "F8_E8M0" => 8,
        "U16" or "I16" or "F16" or "BF16" => 16,
        "U32" or "I32" or "F32" => 32,
        "U64" or "I64" or "F64" or "C64" => 64,
        _ => null,
    };

    private static string Shorten(string text) => text.Length <= 80 ? text : text[..80] + "…";
}
