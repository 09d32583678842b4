namespace SoraCluster.Diffusion.Packs;

/// <summary>What a file should say and what it says. Rules return the first that they find, null when there is none.</summary>
public sealed record Contradiction(string Expected, string Found)
{
    /// <summary>A contradiction unless the rule holds.</summary>
    public static Contradiction? Unless(bool holds, string expected, string found) => holds ? null : new(expected, found);

    /// <summary>A contradiction where two numbers differ.</summary>
    public static Contradiction? Differ(string what, int expected, int found) => Unless(expected == found, $"{what} {expected}", $"{found}");

    /// <summary>A contradiction where a number is not positive and finite.</summary>
    public static Contradiction? NotPositive(string what, double value) =>
        Unless(value > 0 && double.IsFinite(value), $"a positive {what}", $"{value}");

    /// <summary>A contradiction where a number is not in 1 … <paramref name="most"/>.</summary>
    public static Contradiction? OutOfRange(string what, int value, int most) =>
        Unless(value >= 1 && value <= most, $"{what} from 1 to {most}", $"{value}");
}
