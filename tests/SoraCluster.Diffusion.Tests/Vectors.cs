using System.Text.Json;

namespace SoraCluster.Diffusion.Tests;

/// <summary>Recorded vectors.</summary>
internal static class Vectors
{
    public static JsonElement Read(string name)
    {
        using var stream = typeof(Vectors).Assembly.GetManifestResourceStream(name)
            ?? throw new FileNotFoundException($"No embedded vectors '{name}'.");
        return JsonDocument.Parse(stream).RootElement;
    }

    public static float[] Floats(this JsonElement element, string property) =>
        [.. element.GetProperty(property).EnumerateArray().Select(number => number.GetSingle())];
}
