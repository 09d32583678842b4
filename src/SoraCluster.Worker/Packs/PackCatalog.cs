using SoraCluster.Diffusion.Packs;
using SoraCluster.Diffusion.Samplers;
using SoraCluster.Domain.Jobs;
using SoraCluster.Domain.Models;
using SoraCluster.Worker.Costs;

namespace SoraCluster.Worker.Packs;

/// <summary>The packs as the gateway shows them. The first one also answers to the names of the hosted models.</summary>
public sealed class PackCatalog : IModelCatalog
{
    /// <summary>Names that existing code sends (the official libraries' <c>VideoModel</c>).</summary>
    private static readonly ModelAlias[] HostedNames =
    [
        new("sora-2"), new("sora-2-pro"), new("sora-2-2025-10-06"), new("sora-2-2025-12-08"), new("sora-2-pro-2025-10-06"),
    ];

    /// <summary>A delivered clip's short side is at least this, unless asked for otherwise: a whole multiple of the native size.</summary>
    private const int ViewableSide = 480;

    /// <summary>Seconds of decoding and packaging per clip second, on one core.</summary>
    private const double PackagingSeconds = 0.25;

    /// <summary>Device seconds of a guided step before any was measured.</summary>
    private const double UnmeasuredStep = 0.05;

    private readonly (string BatchKey, ModelInfo Info)[] known;
    private readonly CostProfile profile;

    public PackCatalog(PackLibrary library, CostProfile profile)
    {
        this.profile = profile;
        known = [.. library.Packs.Select((pack, i) => (GuidedKey(pack), Describe(pack, i == 0 ? HostedNames : [])))];
    }

    public IReadOnlyList<ModelInfo> Models =>
        [.. known.Select(k => k.Info with { SecondsPerStep = profile.SecondsPerStep(k.BatchKey, 2) ?? UnmeasuredStep })];

    private static string GuidedKey(Pack pack) => ClipSampler.BatchKeyOf(pack, new("", null, 0, 1, 2, 1));

    private static ModelInfo Describe(Pack pack, IReadOnlyList<ModelAlias> aliases)
    {
        var m = pack.Manifest;
        var longest = m.MaxFrames / m.FrameRate;
        var scale = Math.Max(1, (ViewableSide + Math.Min(m.Width, m.Height) - 1) / Math.Min(m.Width, m.Height));
        var latentFrames = m.VideoShape.Dims[0];
        var windowSeconds = (double)m.WindowFrames / m.FrameRate;
        return new()
        {
            Id = m.Id,
            Name = m.Name,
            Description = m.Description,
            Version = m.Version,
            Licence = m.Licence,
            Created = File.GetLastWriteTimeUtc(Path.Combine(pack.Folder, "pack.json")),
            Aliases = aliases,
            NativeSizes = [new(m.Width, m.Height)],
            DefaultSize = new(m.Width * scale, m.Height * scale),
            Seconds = [.. Enumerable.Range(1, Math.Max(1, longest))],
            DefaultSeconds = Math.Clamp((int)windowSeconds, 1, Math.Max(1, longest)), // one window: the best that the pack makes
            DefaultSteps = m.DefaultSteps,
            DefaultGuidanceScale = m.DefaultGuidanceScale,
            PictureGuidanceScale = m.PictureGuidanceScale,
            HasAudio = m.HasAudio,
            AcceptsInputReference = m.StartsFromPicture,
            Operations = Operations(m),
            Styles = [.. m.Styles?.Keys ?? []],
            Languages = m.Languages ?? [],
            WindowSeconds = windowSeconds,
            WindowStrideSeconds = (double)(latentFrames - m.Window.OverlapLatentFrames) * m.Window.FramesPerLatent / m.FrameRate,
            SecondsPerStep = 0,
            SecondsPerClipSecond = PackagingSeconds,
        };
    }

    /// <summary>
    /// Any diffusion model can start from noised latents; one that makes clips window by window can go on from a clip's end, and to lead back to the
    /// beginning it must have been trained for that.
    /// </summary>
    private static IReadOnlyList<JobOperation> Operations(PackManifest pack)
    {
        JobOperation[] always = [JobOperation.Create, JobOperation.Remix, JobOperation.Edit, JobOperation.Blend];
        JobOperation[] onward = pack.Window.OverlapLatentFrames > 0 ? [JobOperation.Extend] : [];
        return pack.Bridges ? [.. always, .. onward, JobOperation.Loop] : [.. always, .. onward];
    }
}
