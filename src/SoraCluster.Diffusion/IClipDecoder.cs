using SoraCluster.Diffusion.Latents;

namespace SoraCluster.Diffusion;

/// <summary>Latents to media samples. Streams groups of frames, so that memory does not grow with the length. Not thread-safe.</summary>
public interface IClipDecoder : IDisposable
{
    /// <summary>
    /// Picture frames, one group per latent frame of <c>video [T, H, W, C]</c>, in order. The last group may hold more frames than the clip was asked
    /// for; the caller drops them.
    /// </summary>
    IEnumerable<VideoFrames> DecodeVideo(LatentSet clip);

    /// <summary>Mono samples in [-1, 1] at the pack's sample rate, from <c>audio [M, B]</c>; as long as the M mel frames last.</summary>
    float[] DecodeAudio(LatentSet clip);
}
