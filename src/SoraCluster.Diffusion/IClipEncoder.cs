namespace SoraCluster.Diffusion;

/// <summary>Pictures and sound to latents, for clips that start from what was uploaded: the way back of <see cref="IClipDecoder"/>. Not thread-safe.</summary>
public interface IClipEncoder
{
    /// <param name="rgb">RGB24 of as many frames as make a latent frame, at the pack's size: <c>[frames, height, width, 3]</c>.</param>
    /// <returns>The latent frame, <c>[H, W, C]</c>, normalised like those that the denoiser predicts.</returns>
    /// <exception cref="ArgumentException">There are more or fewer bytes.</exception>
    float[] EncodeFrames(ReadOnlySpan<byte> rgb);

    /// <param name="samples">Mono samples in [-1, 1] at the pack's rate, whole mel frames of them.</param>
    /// <returns><c>[M, B]</c>, normalised like what the denoiser predicts.</returns>
    /// <exception cref="InvalidOperationException">The pack is silent.</exception>
    float[] EncodeAudio(ReadOnlySpan<float> samples);
}
