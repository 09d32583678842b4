using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace SoraCluster.Diffusion.Safetensors;

/// <summary>Writes safetensors files. The same tensors and metadata give the same bytes, whatever order they come in.</summary>
public static class SafetensorsWriter
{
    private const int ChunkElements = 16 * 1024;

    /// <summary>Writes the whole file.</summary>
    /// <exception cref="ArgumentException">Two tensors share a name, or one has not as many values as its shape says.</exception>
    public static void Write(
        Stream destination, IReadOnlyCollection<SafetensorsTensor> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        var ordered = tensors.OrderBy(tensor => tensor.Name, StringComparer.Ordinal).ToArray();
        Check(ordered);
        var header = Header(ordered, metadata);
        Span<byte> prefix = stackalloc byte[SafetensorsHeader.PrefixLength];
        BinaryPrimitives.WriteUInt64LittleEndian(prefix, (ulong)header.Length);
        destination.Write(prefix);
        destination.Write(header);
        foreach (var tensor in ordered)
        {
            WriteData(destination, tensor);
        }
    }

    private static void Check(SafetensorsTensor[] ordered)
    {
        for (var i = 0; i < ordered.Length; i++)
        {
            var tensor = ordered[i];
            if (i > 0 && ordered[i - 1].Name == tensor.Name)
            {
                throw new ArgumentException($"Two tensors are named '{tensor.Name}'.", nameof(ordered));
            }

            var count = tensor.Shape.Aggregate(1L, (product, dim) => product * dim);
            if (count != tensor.Values.Length)
            {
                throw new ArgumentException(
                    $"Tensor '{tensor.Name}' [{string.Join(", ", tensor.Shape)}] has {tensor.Values.Length} values.", nameof(ordered));
            }
        }
    }

    /// <summary>The JSON, padded with spaces so that the data starts on a multiple of eight bytes.</summary>
    private static byte[] Header(SafetensorsTensor[] ordered, IReadOnlyDictionary<string, string>? metadata)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            if (metadata is { Count: > 0 })
            {
                json.WriteStartObject("__metadata__");
                foreach (var (key, value) in metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal))
                {
                    json.WriteString(key, value);
                }

                json.WriteEndObject();
            }

            var offset = 0L;
            foreach (var tensor in ordered)
            {
                offset = WriteEntry(json, tensor, offset);
            }

            json.WriteEndObject();
        }

        buffer.Write("       "u8[..(-buffer.WrittenCount & 7)]);
        return buffer.WrittenSpan.ToArray();
    }

    private static long WriteEntry(Utf8JsonWriter json, SafetensorsTensor tensor, long offset)
    {
        var (name, size) = Format(tensor.Dtype);
        var end = offset + ((long)tensor.Values.Length * size);
        json.WriteStartObject(tensor.Name);
        json.WriteString("dtype", name);
        json.WriteStartArray("shape");
        foreach (var dim in tensor.Shape)
        {
            json.WriteNumberValue(dim);
        }

        json.WriteEndArray();
        json.WriteStartArray("data_offsets");
        json.WriteNumberValue(offset);
        json.WriteNumberValue(end);
        json.WriteEndArray();
        json.WriteEndObject();
        return end;
    }

    private static void WriteData(Stream destination, SafetensorsTensor tensor)
    {
        if (tensor.Dtype == TensorDtype.Float32 && BitConverter.IsLittleEndian)
        {
            destination.Write(MemoryMarshal.AsBytes(tensor.Values.Span));
            return;
        }

        var (_, size) = Format(tensor.Dtype);
        var bytes = new byte[Math.Min(ChunkElements, tensor.Values.Length) * size];
        for (var done = 0; done < tensor.Values.Length;)
        {
            var part = tensor.Values.Span.Slice(done, Math.Min(ChunkElements, tensor.Values.Length - done));
            for (var i = 0; i < part.Length; i++)
            {
                WriteElement(bytes.AsSpan(i * size), part[i], tensor.Dtype);
            }

            destination.Write(bytes.AsSpan(0, part.Length * size));
            done += part.Length;
        }
    }

    private static void WriteElement(Span<byte> destination, float value, TensorDtype dtype)
    {
        switch (dtype)
        {
            case TensorDtype.Float16:
                BinaryPrimitives.WriteHalfLittleEndian(destination, (Half)value);
                break;
            case TensorDtype.BFloat16:
                BinaryPrimitives.WriteUInt16LittleEndian(destination, RoundToBFloat16(value));
                break;
            default:
                BinaryPrimitives.WriteSingleLittleEndian(destination, value);
                break;
        }
    }

    private static ushort RoundToBFloat16(float value)
    {
        var bits = BitConverter.SingleToUInt32Bits(value);
        return float.IsNaN(value) ? (ushort)((bits >> 16) | 0x40) : (ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
    }

    private static (string Name, int Size) Format(TensorDtype dtype) => dtype switch
    {
        TensorDtype.Float32 => ("F32", 4),
        TensorDtype.Float16 => ("F16", 2),
        TensorDtype.BFloat16 => ("BF16", 2),
        _ => throw new ArgumentOutOfRangeException(nameof(dtype), dtype, "Only floating types are written."),
    };
}
