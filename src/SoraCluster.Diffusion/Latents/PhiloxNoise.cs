namespace SoraCluster.Diffusion.Latents;

/// <summary>Standard normals from a counter: the same bits on every machine, whatever is asked for first.</summary>
public static class PhiloxNoise
{
    /// <summary>Fills with elements <paramref name="offset"/>, offset+1, … of the sequence named by seed and stream.</summary>
    public static void Fill(Span<float> destination, ulong seed, uint stream, ulong offset) =>
        throw new NotImplementedException("Lands with the noise.");
}
