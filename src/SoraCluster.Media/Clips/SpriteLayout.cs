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
    /// <summary>Lays out <paramref name="tiles"/> frames, or all when the clip has fewer.</summary>
    internal static SpriteLayout Plan(int frameCount, int width, int height, int tiles, int tileSide)
    {
        var count = Math.Min(tiles, frameCount);
        var columns = (int)Math.Ceiling(Math.Sqrt(count));
        var scale = Math.Min(1, (double)tileSide / Math.Max(width, height));
        var frames = Enumerable.Range(0, count).Select(i => (int)(((2L * i) + 1) * frameCount / (2L * count)));
        var limit = tileSide & ~1;
        return new SpriteLayout(
            columns,
            (count + columns - 1) / columns,
            ClipSpec.Even(width * scale, limit),
            ClipSpec.Even(height * scale, limit),
            [.. frames]);
    }
}
