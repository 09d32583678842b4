namespace SoraCluster.Diffusion;

/// <summary>Picture frames to latents, for clips that start from a picture. Not thread-safe.</summary>
public interface IFrameEncoder
{
    /// <param name="rgb">RGB24 of as many frames as make a latent frame, at the pack's size: <c>[frames, height, width, 3]</c>.</param>
    /// <returns>The latent frame, <c>[H, W, C]</c>, normalised like those that the denoiser predicts.</returns>
    /// <exception cref="ArgumentException">There are more or fewer bytes.</exception>
    float[] Encode(ReadOnlySpan<byte> rgb);
}
