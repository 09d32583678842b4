using System.Globalization;
using System.Numerics;

namespace SoraCluster.Media;

/// <summary>
/// The letters of the mark as pen strokes, so that no font is needed: capitals 10 units tall, small letters 7, baseline at 0,
/// y up. <c>M x y</c> lifts the pen, <c>L x y</c> draws, <c>A cx cy rx ry from to</c> draws along an ellipse (degrees).
/// </summary>
internal static class MarkGlyphs
{
    private const float Gap = 2.2f;

    private static readonly Dictionary<char, (float Advance, string Strokes)> Glyphs = new()
    {
        ['S'] = (6, "A 3 7.45 2.8 2.55 35 270 A 3 2.45 3 2.45 90 -145"),
        ['C'] = (6.6f, "A 4 5 4 5 48 312"),
        ['A'] = (7.6f, "M 0 0 L 3.8 10 L 7.6 0 M 1.3 3.4 L 6.3 3.4"),
        ['I'] = (0, "M 0 0 L 0 10"),
        ['a'] = (5.4f, "A 2.7 3.5 2.7 3.5 0 360 M 5.4 7 L 5.4 0"),
        ['e'] = (5.6f, "M 0.2 3.6 L 5.6 3.6 A 2.8 3.5 2.8 3.5 2 312"),
        ['l'] = (0, "M 0 0 L 0 10"),
        ['o'] = (5.8f, "A 2.9 3.5 2.9 3.5 0 360"),
        ['r'] = (2.9f, "M 0 0 L 0 7 M 0 4 A 2.6 4.1 2.6 2.9 180 70"),
        ['s'] = (4.6f, "A 2.3 5.2 2.1 1.8 35 270 A 2.3 1.7 2.3 1.7 90 -145"),
        ['t'] = (3.4f, "M 1.4 9.4 L 1.4 1.8 A 3.2 1.8 1.8 1.8 180 280 M 0 7 L 3.4 7"),
        ['u'] = (5.2f, "M 0 7 L 0 2.6 A 2.6 2.6 2.6 2.6 180 360 M 5.2 7 L 5.2 0"),
        ['·'] = (0.6f, "A 0.3 4.4 0.3 0.3 0 360"),
        [' '] = (1.6f, ""),
    };

    /// <summary>Lays out a text from x = 0; returns its line segments and its width in units.</summary>
    public static (List<(Vector2 From, Vector2 To)> Segments, float Width) Layout(string text)
    {
        List<(Vector2, Vector2)> segments = [];
        var x = 0f;
        foreach (var letter in text)
        {
            var (advance, strokes) = Glyphs[letter];
            Draw(strokes, new Vector2(x, 0), segments);
            x += advance + Gap;
        }

        return (segments, x - Gap);
    }

    private static void Draw(string strokes, Vector2 origin, List<(Vector2, Vector2)> segments)
    {
        var words = new Queue<string>(strokes.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        float Next() => float.Parse(words.Dequeue(), CultureInfo.InvariantCulture);
        Vector2 Point() => origin + new Vector2(Next(), Next());
        Vector2? pen = null;
        void LineTo(Vector2 to)
        {
            segments.Add((pen ?? to, to));
            pen = to;
        }

        while (words.TryDequeue(out var command))
        {
            switch (command)
            {
                case "M":
                    pen = Point();
                    break;
                case "L":
                    LineTo(Point());
                    break;
                default:
                    var (centre, radius, from, to) = (Point(), new Vector2(Next(), Next()), Next(), Next());
                    for (var i = 0; i <= 16; i++)
                    {
                        var (sin, cos) = MathF.SinCos((from + ((to - from) * i / 16)) * MathF.PI / 180);
                        LineTo(centre + (radius * new Vector2(cos, sin)));
                    }

                    break;
            }
        }
    }
}
