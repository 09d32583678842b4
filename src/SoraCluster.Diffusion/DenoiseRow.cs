using SoraCluster.Diffusion.Latents;
using SoraCluster.Diffusion.Packs;

namespace SoraCluster.Diffusion;

/// <summary>One row of a forward pass: noisy latents at one noise level, with their conditioning, and room for the answer.</summary>
public sealed class DenoiseRow
{
    /// <summary>The noisy latents of one window; clean at the given positions.</summary>
    public required LatentSet Latents { get; init; }

    /// <summary>Written by the denoiser: same shapes as <see cref="Latents"/>. Values at given positions mean nothing.</summary>
    public required LatentSet Prediction { get; init; }

    /// <summary>Noise level of the picture in (0, 1]; 1 is pure noise. The sound's follows from it (<c>audio_shift</c>).</summary>
    public required float Sigma { get; set; }

    /// <summary>The same level as published networks are told it, in training timesteps: some schedules cut it off to a whole number.</summary>
    public required float Timestep { get; set; }

    public required TextConditioning Text { get; set; }

    /// <summary>Per latent frame of the window: given (clean), not to be predicted.</summary>
    public required bool[] GivenVideo { get; init; }

    /// <summary>Per audio token of the window: given (clean), not to be predicted.</summary>
    public required bool[] GivenAudio { get; init; }
}
