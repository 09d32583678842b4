namespace SoraCluster.Diffusion.Latents;

/// <summary>The noise of one window's latents of one name: drawn once before the first step, and where the solver asks for it again at each step.</summary>
/// <param name="Seed">The clip's.</param>
/// <param name="Stream">The window and the name.</param>
/// <param name="Offset">The first element that is wanted.</param>
internal readonly record struct NoiseStream(ulong Seed, uint Stream, int Offset)
{
    /// <param name="destination">As many elements as are wanted.</param>
    /// <param name="draw">0 for what the window begins with; each draw is independent of all others.</param>
    public void Fill(Span<float> destination, int draw) => PhiloxNoise.Fill(destination, Seed, Stream, (ulong)Offset, (uint)draw);
}
