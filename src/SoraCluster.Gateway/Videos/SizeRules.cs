using SoraCluster.Domain.Models;

namespace SoraCluster.Gateway.Videos;

internal static class SizeRules
{
    private const int MinSide = 16;

    /// <summary>Within the pack's limits, with even sides (4:2:0 video has half as many colour samples each way).</summary>
    public static bool CanDeliver(FrameSize size, ModelInfo model) =>
        size is { Width: >= MinSide, Height: >= MinSide }
        && size.Width % 2 == 0 && size.Height % 2 == 0
        && Math.Max(size.Width, size.Height) <= model.MaxSide && size.Pixels <= model.MaxPixels;

    /// <summary>The native size whose aspect ratio is nearest (in logarithm), and of those the one with the nearest area.</summary>
    public static FrameSize NearestNative(FrameSize wanted, IReadOnlyList<FrameSize> native) => native
        .OrderBy(n => Math.Abs(Math.Log(Aspect(n) / Aspect(wanted))))
        .ThenBy(n => Math.Abs(Math.Log((double)n.Pixels / wanted.Pixels)))
        .First();

    private static double Aspect(FrameSize size) => (double)size.Width / size.Height;
}
