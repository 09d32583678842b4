using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;

namespace SoraCluster.Diffusion.Safetensors;

/// <summary>A safetensors file, memory-mapped; its header is checked when it is opened. Reading is thread-safe.</summary>
public sealed class SafetensorsFile : IDisposable
{
    private const int ChunkElements = 32 * 1024;

    private readonly Dictionary<string, TensorInfo> byName;
    private readonly MemoryMappedFile? map;
    private readonly MemoryMappedViewAccessor? view;
    private readonly ReadOnlyMemory<byte> memory;
    private readonly long dataStart;

    private SafetensorsFile(
        (List<TensorInfo> Tensors, Dictionary<string, string> Metadata) header, long dataStart, ReadOnlyMemory<byte> memory,
        MemoryMappedFile? map, MemoryMappedViewAccessor? view)
    {
        Tensors = header.Tensors;
        Metadata = header.Metadata;
        byName = header.Tensors.ToDictionary(tensor => tensor.Name, StringComparer.Ordinal);
        this.dataStart = dataStart;
        this.memory = memory;
        this.map = map;
        this.view = view;
    }

    /// <summary>In the order of the header.</summary>
    public IReadOnlyList<TensorInfo> Tensors { get; }

    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Maps a file.</summary>
    /// <exception cref="SafetensorsException">It is not a sound safetensors file.</exception>
    /// <exception cref="IOException">It cannot be opened.</exception>
    public static SafetensorsFile Open(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        var prefix = new byte[SafetensorsHeader.PrefixLength];
        var read = stream.ReadAtLeast(prefix, prefix.Length, throwOnEndOfStream: false);
        var length = SafetensorsHeader.ReadLength(prefix.AsSpan(0, read), stream.Length);
        var json = new byte[length];
        stream.ReadExactly(json);
        var start = SafetensorsHeader.PrefixLength + (long)length;
        var header = SafetensorsHeader.Parse(json, stream.Length - start);

        var map = MemoryMappedFile.CreateFromFile(stream, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
        return new SafetensorsFile(header, start, default, map, map.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read));
    }

    /// <summary>Reads a file that is already in memory.</summary>
    /// <exception cref="SafetensorsException">It is not a sound safetensors file.</exception>
    public static SafetensorsFile Parse(ReadOnlyMemory<byte> file)
    {
        var length = SafetensorsHeader.ReadLength(file.Span[..Math.Min(file.Length, SafetensorsHeader.PrefixLength)], file.Length);
        var start = SafetensorsHeader.PrefixLength + length;
        var header = SafetensorsHeader.Parse(file[SafetensorsHeader.PrefixLength..start], file.Length - start);
        return new SafetensorsFile(header, start, file, null, null);
    }

    public bool Contains(string name) => byName.ContainsKey(name);

    /// <exception cref="SafetensorsException">There is no such tensor.</exception>
    public TensorInfo Info(string name) =>
        byName.TryGetValue(name, out var info) ? info : throw new SafetensorsException(name, "the tensor", "none of that name");

    /// <summary>Reads a whole tensor, widened to float32.</summary>
    /// <exception cref="SafetensorsException">There is no such tensor, or it is not of a floating type that is known.</exception>
    public float[] ReadFloats(string name)
    {
        var info = Info(name);
        var values = info.Count <= Array.MaxLength
            ? new float[info.Count]
            : throw new SafetensorsException(name, $"at most {Array.MaxLength} elements", $"{info.Count}");
        ReadFloats(name, values);
        return values;
    }

    /// <summary>Reads a whole tensor, widened to float32, into a span of exactly its size.</summary>
    /// <exception cref="SafetensorsException">There is no such tensor, or it is not of a floating type that is known.</exception>
    public void ReadFloats(string name, Span<float> destination)
    {
        var info = Info(name);
        if (destination.Length != info.Count)
        {
            throw new ArgumentException($"Room for {destination.Length} elements, but {info} has {info.Count}.", nameof(destination));
        }

        switch (info.Dtype)
        {
            case TensorDtype.Float32:
                ReadBytes(info.Offset, MemoryMarshal.AsBytes(destination));
                break;
            case TensorDtype.Float16:
                ReadHalves(info, destination, static bits => (float)BitConverter.UInt16BitsToHalf(bits));
                break;
            case TensorDtype.BFloat16:
                ReadHalves(info, destination, static bits => BitConverter.UInt32BitsToSingle((uint)bits << 16));
                break;
            default:
                throw new SafetensorsException(name, "F32, F16 or BF16", info.DtypeName);
        }
    }

    public void Dispose()
    {
        view?.Dispose();
        map?.Dispose();
    }

    private void ReadHalves(TensorInfo info, Span<float> destination, Func<ushort, float> widen)
    {
        var chunk = new ushort[Math.Min(ChunkElements, destination.Length)];
        for (var done = 0; done < destination.Length;)
        {
            var part = chunk.AsSpan(0, Math.Min(chunk.Length, destination.Length - done));
            ReadBytes(info.Offset + ((long)done * sizeof(ushort)), MemoryMarshal.AsBytes(part));
            foreach (var bits in part)
            {
                destination[done++] = widen(bits);
            }
        }
    }

    private void ReadBytes(long offset, Span<byte> destination)
    {
        if (view is null)
        {
            memory.Span.Slice((int)(dataStart + offset), destination.Length).CopyTo(destination);
        }
        else if (!destination.IsEmpty)
        {
            view.SafeMemoryMappedViewHandle.ReadSpan((ulong)(dataStart + offset), destination);
        }
    }
}
