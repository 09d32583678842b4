using SoraCluster.Diffusion;

namespace SoraCluster.Inference.Managed.Vocoder;

internal static class HannWindow
{
    /// <summary><c>½ − ½ cos(2π i / (n − 1))</c>.</summary>
    public static float[] Symmetric(int length) =>
        [.. Enumerable.Range(0, length).Select(i => (float)(0.5 - (0.5 * StableMath.SinCosTurns((double)i / (length - 1)).Cos)))];
}
