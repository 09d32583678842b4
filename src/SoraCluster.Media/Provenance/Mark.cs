using System.Numerics;

namespace SoraCluster.Media;

/// <summary>
/// The visible mark: white letters on a translucent dark plate, so that it reads on light and dark alike. An RGBA image
/// (straight alpha, <c>[Height, Width, 4]</c>) and where its top left corner lies.
/// </summary>
internal sealed record Mark(byte[] Rgba, int Width, int Height, int X, int Y)
{
    private const string Full = "SoraCluster · AI";
    private const string Short = "AI";
    private const float PlateOpacity = 0.6f;

    /// <summary>Half the pen's width, in the glyphs' units.</summary>
    private const float Pen = 0.72f;

    /// <summary>
    /// The mark for the bottom right corner of a picture area: inside the picture, not the bars, so that cropping the bars
    /// does not remove it. Just "AI" where the full text would take more than half the width.
    /// </summary>
    public static Mark For((int X, int Y, int Width, int Height) area)
    {
        // Below about nine pixels the letters cannot be read; above, the mark grows with the picture.
        var unit = Math.Max(9f, Math.Min(area.Width, area.Height) / 42f) / 10f;
        var full = Draw(Full, unit);
        var mark = full.Width <= area.Width / 2 ? full : Draw(Short, unit);
        var margin = (int)(unit * 8);
        return mark with
        {
            X = Math.Max(0, area.X + area.Width - mark.Width - margin) & ~1,
            Y = Math.Max(0, area.Y + area.Height - mark.Height - margin) & ~1,
        };
    }

    private static Mark Draw(string text, float unit)
    {
        var (segments, textWidth) = MarkGlyphs.Layout(text);
        var margin = new Vector2(6, 5);
        var size = (new Vector2(textWidth, 10) + (2 * margin)) * unit;
        var (width, height) = ((int)MathF.Ceiling(size.X / 2) * 2, (int)MathF.Ceiling(size.Y / 2) * 2);
        var rgba = new byte[width * height * 4];
        var half = new Vector2(width, height) / 2;
        var corner = 5 * unit;
        for (var i = 0; i < width * height; i++)
        {
            var pixel = new Vector2((i % width) + 0.5f, (i / width) + 0.5f);

            // Distance to a rounded rectangle, and to the nearest stroke; one pixel of either edge is blended.
            var outside = Vector2.Max(Vector2.Abs(pixel - half) - half + new Vector2(corner), Vector2.Zero).Length() - corner;
            var plate = PlateOpacity * Math.Clamp(0.5f - outside, 0, 1);
            var point = new Vector2(pixel.X - half.X, half.Y - pixel.Y) / unit + new Vector2(textWidth / 2, 5);
            var ink = Math.Clamp(0.5f + ((Pen - Distance(segments, point)) * unit), 0, 1);
            var alpha = ink + (plate * (1 - ink));
            var white = (byte)MathF.Round(255 * (alpha > 0 ? ink / alpha : 0));
            (rgba[i * 4], rgba[(i * 4) + 1], rgba[(i * 4) + 2]) = (white, white, white);
            rgba[(i * 4) + 3] = (byte)MathF.Round(255 * alpha);
        }

        return new Mark(rgba, width, height, 0, 0);
    }

    private static float Distance(List<(Vector2 From, Vector2 To)> segments, Vector2 point)
    {
        var least = float.MaxValue;
        foreach (var (from, to) in segments)
        {
            var along = to - from;
            var length = along.LengthSquared();
            var t = length > 0 ? Math.Clamp(Vector2.Dot(point - from, along) / length, 0, 1) : 0;
            least = Math.Min(least, Vector2.DistanceSquared(point, from + (t * along)));
        }

        return MathF.Sqrt(least);
    }
}
