namespace SoraCluster.Media;

/// <summary>
/// A sprite sheet: tiles of equal size without gaps, left to right, then top to bottom; cells after the last frame are black.
/// </summary>
/// <param name="Columns">The least number whose square holds all tiles.</param>
/// <param name="Rows">As many as are needed.</param>
/// <param name="TileWidth">Pixels.</param>
/// <param name="TileHeight">Pixels.</param>
/// <param name="Frames">The clip's frame (from 0) on each tile: the middle one of each of N equal parts.</param>
public sealed record SpriteLayout(int Columns, int Rows, int TileWidth, int TileHeight, IReadOnlyList<int> Frames)
{
    /// <summary>Lays out as many frames as the options say, or all when the clip has fewer.</summary>
    public static SpriteLayout Plan(ClipSpec spec, MediaOptions options)
    {
        var count = Math.Min(options.SpriteFrames, spec.FrameCount);
        var columns = (int)Math.Ceiling(Math.Sqrt(count));
        var scale = Math.Min(1, (double)options.SpriteTileSide / Math.Max(spec.Width, spec.Height));
        var frames = Enumerable.Range(0, count).Select(i => (int)(((2L * i) + 1) * spec.FrameCount / (2L * count)));
        var limit = options.SpriteTileSide & ~1;
        return new SpriteLayout(
            columns,
            (count + columns - 1) / columns,
            ClipSpec.Even(spec.Width * scale, limit),
            ClipSpec.Even(spec.Height * scale, limit),
            [.. frames]);
    }
}
