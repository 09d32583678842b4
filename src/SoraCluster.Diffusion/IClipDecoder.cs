using SoraCluster.Diffusion.Latents;

namespace SoraCluster.Diffusion;

/// <summary>Latents to media samples. Streams groups of frames, so that memory does not grow with the length. Not thread-safe.</summary>
public interface IClipDecoder : IDisposable
{
    /// <summary>
    /// The picture frames of <c>video [T, H, W, C]</c> in order, in groups: one per latent frame where the pack's decoder allows it. The last may hold
    /// more frames than the clip was asked for; the caller drops them.
    /// </summary>
    IEnumerable<VideoFrames> DecodeVideo(LatentSet clip);

    /// <summary>Mono samples in [-1, 1] at the pack's sample rate, from <c>audio [M, B]</c>; as long as the M mel frames last.</summary>
    /// <exception cref="NotSupportedException">The pack is silent.</exception>
    float[] DecodeAudio(LatentSet clip);
}
