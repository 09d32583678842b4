using SoraCluster.Diffusion.Latents;
using SoraCluster.Diffusion.Packs;
using SoraCluster.Diffusion.Safetensors;
using SoraCluster.Domain.Errors;

namespace SoraCluster.Worker.Engine;

/// <summary>A finished clip's latents as a safetensors file: what other clips are made from. They mean something to their own pack only.</summary>
internal static class ClipLatents
{
    private const string Format = "soracluster-latents";

    public static void Write(Stream destination, LatentSet latents, Pack pack) => SafetensorsWriter.Write(
        destination,
        [.. latents.Shapes.Select(shape => new SafetensorsTensor(shape.Name, shape.Dims, latents[shape.Name]))],
        new Dictionary<string, string> { ["format"] = Format, ["pack"] = pack.Fingerprint });

    /// <exception cref="SoraException">They were made by another pack, or another version of it.</exception>
    /// <exception cref="ClipFaultException">This is not such a file.</exception>
    public static LatentSet Read(Stream source, Pack pack)
    {
        using var memory = new MemoryStream();
        source.CopyTo(memory);
        try
        {
            using var file = SafetensorsFile.Parse(memory.ToArray());
            if (file.Metadata.GetValueOrDefault("format") != Format)
            {
                throw new ClipFaultException("What was kept of the video that this one is made from cannot be read.");
            }

            if (file.Metadata.GetValueOrDefault("pack") != pack.Fingerprint)
            {
                throw new SoraException(
                    SoraErrorCode.UnsupportedByModel,
                    $"The video that this one is made from comes from another version of the model '{pack.Manifest.Id}'. Make it again first.");
            }

            var latents = new LatentSet(pack.Manifest.WindowShapes.Select(
                shape => new LatentShape(shape.Name, [.. file.Info(shape.Name).Shape.Select(dim => checked((int)dim))])));
            foreach (var shape in latents.Shapes)
            {
                file.ReadFloats(shape.Name, latents[shape.Name]);
            }

            return latents;
        }
        catch (Exception e) when (e is SafetensorsException or ArgumentException or OverflowException)
        {
            throw new ClipFaultException("What was kept of the video that this one is made from cannot be read.", e);
        }
    }
}
