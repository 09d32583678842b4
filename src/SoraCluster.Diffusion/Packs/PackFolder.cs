using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using SoraCluster.Diffusion.Safetensors;

namespace SoraCluster.Diffusion.Packs;

/// <summary>Access to a pack's files by relative name; every failure is a <see cref="PackException"/> that names the file.</summary>
internal sealed class PackFolder(string root)
{
    private const int MaxJsonLength = 64 * 1024 * 1024;
    private const long WholeFileLimit = 256L * 1024 * 1024;
    private const int SampleLength = 1024 * 1024;
    private const int Samples = 64;

    private readonly SortedSet<string> used = new(StringComparer.Ordinal);

    /// <summary>The bytes of a small file.</summary>
    public byte[] Read(string file)
    {
        var path = Resolve(file);
        return Guard(file, "a readable file", () =>
        {
            var length = new FileInfo(path).Length;
            return length <= MaxJsonLength
                ? File.ReadAllBytes(path)
                : throw new PackException(file, null, $"at most {MaxJsonLength} bytes", $"{length}");
        });
    }

    /// <summary>The full path of a file that others open.</summary>
    public string PathOf(string file) => Resolve(file);

    /// <summary>Makes a file that need not be there count in the fingerprint.</summary>
    public void UseIfThere(string file)
    {
        if (File.Exists(Path.Combine([root, .. file.Split('/')])))
        {
            Resolve(file);
        }
    }

    public T ReadJson<T>(string file, JsonTypeInfo<T> type)
    {
        var bytes = Read(file);
        return Guard(file, "valid JSON with the required fields", () => JsonSerializer.Deserialize(bytes, type))
            ?? throw new PackException(file, null, "a JSON object", "null");
    }

    /// <summary>Opens weights; the caller disposes.</summary>
    public SafetensorsFile Open(string file)
    {
        var path = Resolve(file);
        return Guard(file, "a readable file", () => SafetensorsFile.Open(path));
    }

    /// <summary>Runs an action and names the file in whatever goes wrong with it.</summary>
    public static T Guard<T>(string file, string expected, Func<T> action)
    {
        try
        {
            return action();
        }
        catch (SafetensorsException e)
        {
            throw new PackException(file, e.Tensor, e.Expected, e.Found, e);
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new PackException(file, null, expected, e.Message.TrimEnd('.'), e);
        }
    }

    /// <summary>
    /// SHA-256 (hex) over the names, sizes and contents of all files read so far. Of a file above 256 MiB it takes the header and 64 evenly spaced
    /// blocks of 1 MiB, so that a large pack opens in seconds.
    /// </summary>
    public string Fingerprint()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in used.ToArray())
        {
            Guard(file, "a readable file", () =>
            {
                using var stream = new FileStream(Resolve(file), FileMode.Open, FileAccess.Read, FileShare.Read);
                hash.AppendData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{file}\0{stream.Length}\0")));
                AppendContent(hash, stream);
                return 0;
            });
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static void AppendContent(IncrementalHash hash, FileStream stream)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(SampleLength);
        var stride = stream.Length <= WholeFileLimit ? SampleLength : stream.Length / Samples;
        for (var position = 0L; position < stream.Length; position += stride)
        {
            stream.Position = position;
            var read = stream.ReadAtLeast(buffer.AsSpan(0, SampleLength), SampleLength, throwOnEndOfStream: false);
            hash.AppendData(buffer, 0, read);
        }

        ArrayPool<byte>.Shared.Return(buffer);
    }

    private string Resolve(string file)
    {
        var parts = file.Split('/');
        if (parts.Any(part => part is "" or "." or "..") || file.Contains('\\') || Path.IsPathRooted(file))
        {
            throw new PackException("pack.json", null, "file names relative to the pack's folder, without '..'", $"'{file}'");
        }

        var path = Path.Combine([root, .. parts]);
        if (!File.Exists(path))
        {
            throw new PackException(file, null, "a file", Directory.Exists(root) ? "none" : $"no folder '{root}'");
        }

        used.Add(file);
        return path;
    }
}
