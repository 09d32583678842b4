using System.Globalization;
using SoraCluster.Diffusion.Packs;
using SoraCluster.Domain.Jobs;

namespace SoraCluster.Bench.Clips;

/// <summary>The clip that is measured: two seconds of one prompt, at the pack's own size and defaults.</summary>
internal static class ClipSpecs
{
    /// <param name="pack">Makes it.</param>
    /// <param name="number">Its seed, and what tells it and its owner from others.</param>
    public static JobSpec Of(PackManifest pack, int number) => new()
    {
        Id = string.Create(CultureInfo.InvariantCulture, $"video_{number:x32}"),
        Owner = string.Create(CultureInfo.InvariantCulture, $"user-{number}"),
        Model = pack.Id,
        Pack = pack.Id,
        Prompt = "a red ball bounces on the beach",
        Seed = (ulong)number,
        Seconds = 2,
        Size = $"{pack.Width}x{pack.Height}",
        NativeSize = $"{pack.Width}x{pack.Height}",
        Steps = pack.DefaultSteps,
        GuidanceScale = pack.DefaultGuidanceScale,
    };
}
