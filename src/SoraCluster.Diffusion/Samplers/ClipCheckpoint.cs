using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using SoraCluster.Diffusion.Latents;
using SoraCluster.Diffusion.Packs;
using SoraCluster.Diffusion.Safetensors;

namespace SoraCluster.Diffusion.Samplers;

/// <summary>
/// A sampler's state as a safetensors file: tensors <c>window.*</c>, <c>preview.*</c>, <c>clip.*</c> and, where the solver remembers anything,
/// <c>solver.*</c>, and metadata. The metadata's <c>sha256</c> covers all other metadata and every tensor, so that a damaged file is never continued from.
/// </summary>
internal sealed record ClipCheckpoint(ClipSettings Settings, int Step, LatentSet Window, LatentSet Preview, LatentSet Clip, LatentSet Solver)
{
    private const string Version = "1";
    private const string DigestKey = "sha256";
    private const long MaxOverhead = 64 * 1024 * 1024;

    public void Write(Stream destination, Pack pack)
    {
        var metadata = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["format"] = "soracluster-checkpoint",
            ["version"] = Version,
            ["pack"] = pack.Fingerprint,
            ["prompt"] = Settings.Prompt,
            ["seed"] = Settings.Seed.ToString(CultureInfo.InvariantCulture),
            ["steps"] = Settings.Steps.ToString(CultureInfo.InvariantCulture),
            ["guidance_scale"] = Settings.GuidanceScale.ToString("R", CultureInfo.InvariantCulture),
            ["frames"] = Settings.Frames.ToString(CultureInfo.InvariantCulture),
            ["step"] = Step.ToString(CultureInfo.InvariantCulture),
        };
        if (Settings.NegativePrompt is { } negative)
        {
            metadata["negative_prompt"] = negative;
        }

        if (Settings.Source is { } source)
        {
            metadata["source_use"] = source.Use.ToString();
            metadata["source_frames"] = source.Frames.ToString(CultureInfo.InvariantCulture);
            metadata["source_strength"] = source.Strength.ToString("R", CultureInfo.InvariantCulture);
        }

        var tensors = Parts().SelectMany(part => part.Set.Shapes.Select(shape =>
            new SafetensorsTensor($"{part.Name}.{shape.Name}", shape.Dims, part.Set[shape.Name]))).ToArray();
        metadata[DigestKey] = Digest(metadata, tensors.Select(tensor => (tensor.Name, tensor.Values.ToArray())));
        SafetensorsWriter.Write(destination, tensors, metadata);
    }

    /// <exception cref="CheckpointException">Damaged, of another version, or another pack's.</exception>
    public static ClipCheckpoint Read(Stream source, Pack pack)
    {
        using var file = Open(source, pack);
        var metadata = file.Metadata;
        if (metadata.GetValueOrDefault("version") != Version)
        {
            throw new CheckpointException($"Checkpoint refused: version '{metadata.GetValueOrDefault("version")}' is not '{Version}'.");
        }

        CheckDigest(file);
        if (metadata.GetValueOrDefault("pack") is var fingerprint && fingerprint != pack.Fingerprint)
        {
            throw new CheckpointException(
                $"Checkpoint refused: it was made with pack {fingerprint}, but pack '{pack.Manifest.Id}' is {pack.Fingerprint}.");
        }

        try
        {
            return Read(file, pack);
        }
        catch (Exception e) when (e is FormatException or OverflowException or KeyNotFoundException or ArgumentException or SafetensorsException)
        {
            throw new CheckpointException($"Checkpoint refused: {e.Message}", e);
        }
    }

    private static ClipCheckpoint Read(SafetensorsFile file, Pack pack)
    {
        var metadata = file.Metadata;
        var settings = new ClipSettings(
            metadata["prompt"], metadata.GetValueOrDefault("negative_prompt"),
            ulong.Parse(metadata["seed"], CultureInfo.InvariantCulture), Integer(metadata["steps"]),
            float.Parse(metadata["guidance_scale"], CultureInfo.InvariantCulture), Integer(metadata["frames"]), Source(metadata));
        ClipSettingsRules.Check(settings, pack.Manifest);
        var plan = WindowPlan.Of(pack.Manifest, settings);
        var step = Integer(metadata["step"]);
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(step, settings.StepsPerWindow * plan.Windows);
        var window = pack.Manifest.WindowShapes;
        return new ClipCheckpoint(
            settings, step, ReadSet(file, "window", window), ReadSet(file, "preview", window), ReadSet(file, "clip", plan.ClipShapes),
            ReadSet(file, "solver", pack.Scheduler.MemoryOf(window)));
    }

    private static ClipSource? Source(IReadOnlyDictionary<string, string> metadata) => metadata.TryGetValue("source_use", out var use)
        ? new ClipSource(
            Enum.Parse<SourceUse>(use), Integer(metadata["source_frames"]), float.Parse(metadata["source_strength"], CultureInfo.InvariantCulture))
        : null;

    private IEnumerable<(string Name, LatentSet Set)> Parts() => [("window", Window), ("preview", Preview), ("clip", Clip), ("solver", Solver)];

    private static LatentSet ReadSet(SafetensorsFile file, string part, LatentShape[] shapes)
    {
        var set = new LatentSet(shapes);
        foreach (var shape in shapes)
        {
            file.ReadFloats($"{part}.{shape.Name}", set[shape.Name]);
        }

        return set;
    }

    private static SafetensorsFile Open(Stream source, Pack pack)
    {
        var plan = new WindowPlan(pack.Manifest, pack.Manifest.MaxFrames);
        var limit = MaxOverhead + (plan.ClipShapes.Sum(shape => (long)shape.Count) * (3 + pack.Scheduler.MemoryPerElement) * sizeof(float));
        using var memory = new MemoryStream();
        var buffer = new byte[64 * 1024];
        for (int read; (read = source.Read(buffer)) > 0;)
        {
            memory.Write(buffer, 0, read);
            if (memory.Length > limit)
            {
                throw new CheckpointException($"Checkpoint refused: more than {limit} bytes.");
            }
        }

        try
        {
            return SafetensorsFile.Parse(memory.ToArray());
        }
        catch (SafetensorsException e)
        {
            throw new CheckpointException($"Checkpoint refused, it is damaged: {e.Message}", e);
        }
    }

    private static void CheckDigest(SafetensorsFile file)
    {
        try
        {
            var found = Digest(file.Metadata, file.Tensors.Select(tensor => (tensor.Name, file.ReadFloats(tensor.Name))));
            if (found != file.Metadata.GetValueOrDefault(DigestKey))
            {
                throw new CheckpointException("Checkpoint refused, it is damaged: its SHA-256 does not match its content.");
            }
        }
        catch (SafetensorsException e)
        {
            throw new CheckpointException($"Checkpoint refused, it is damaged: {e.Message}", e);
        }
    }

    private static string Digest(IReadOnlyDictionary<string, string> metadata, IEnumerable<(string Name, float[] Values)> tensors)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        void append(string text)
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            hash.AppendData(BitConverter.GetBytes(bytes.Length));
            hash.AppendData(bytes);
        }

        foreach (var (key, value) in metadata.Where(pair => pair.Key != DigestKey).OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            append(key);
            append(value);
        }

        foreach (var (name, values) in tensors.OrderBy(tensor => tensor.Name, StringComparer.Ordinal))
        {
            append(name);
            hash.AppendData(MemoryMarshal.AsBytes(values.AsSpan()));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static int Integer(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
