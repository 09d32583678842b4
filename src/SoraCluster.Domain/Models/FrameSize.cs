using System.Globalization;

namespace SoraCluster.Domain.Models;

/// <summary>A picture size in pixels, written <c>WxH</c> (<c>1280x720</c>).</summary>
public readonly record struct FrameSize(int Width, int Height)
{
    public long Pixels => (long)Width * Height;

    /// <summary>Reads <c>WxH</c> with both sides from 1 to 99999 and nothing around them.</summary>
    public static bool TryParse(string? text, out FrameSize size)
    {
        size = default;
        var cross = text?.IndexOf('x') ?? -1;
        if (cross is < 1 or > 5 || text!.Length - cross is < 2 or > 6)
        {
            return false;
        }

        if (!TrySide(text.AsSpan(0, cross), out var width) || !TrySide(text.AsSpan(cross + 1), out var height))
        {
            return false;
        }

        size = new FrameSize(width, height);
        return true;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Width}x{Height}");

    private static bool TrySide(ReadOnlySpan<char> digits, out int side) =>
        int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out side) && side > 0;
}
