using SoraCluster.Diffusion.Latents;
using SoraCluster.Diffusion.Packs;

namespace SoraCluster.Diffusion.Samplers;

/// <summary>
/// The whole solver state of one clip: its windows, the step reached, the latents. Nothing else decides the result, so a saved and restored sampler
/// gives the same bits as one that was never stopped. Not thread-safe.
/// </summary>
public sealed class ClipSampler
{
    private ClipSampler()
    {
    }

    /// <summary>Solver steps over all windows.</summary>
    public int TotalSteps => throw new NotImplementedException();

    /// <summary>Steps done, 0 to <see cref="TotalSteps"/>.</summary>
    public int Step => throw new NotImplementedException();

    public bool Done => Step == TotalSteps;

    /// <summary>Clips with the same key can share a forward pass: pack, shapes, number format and guidance branches; not the step.</summary>
    public string BatchKey => throw new NotImplementedException();

    /// <summary>2 with guidance, else 1.</summary>
    public int RowsPerStep => throw new NotImplementedException();

    /// <summary>The prompt as the pack understands it, for telling the user about unknown words.</summary>
    public TokenizedPrompt Prompt => throw new NotImplementedException();

    /// <summary>
    /// The finished clip: <c>video [T, H, W, C]</c> with T = the latent frames that cover the frames asked for, and <c>audio [M, B]</c> cut to exactly
    /// their duration.
    /// </summary>
    /// <exception cref="InvalidOperationException">Not done yet.</exception>
    public LatentSet Latents => throw new NotImplementedException();

    /// <summary>The clean latents predicted by the last step, one window's shape; zeros before the first.</summary>
    public LatentSet Preview => throw new NotImplementedException();

    /// <summary>Tokenizes, encodes and draws the noise.</summary>
    /// <param name="pack">The pack to run.</param>
    /// <param name="settings">What to make.</param>
    /// <param name="encode">The denoiser's <see cref="IDenoiser.EncodeText"/>.</param>
    /// <exception cref="ArgumentException">A setting is out of range.</exception>
    public static ClipSampler Start(Pack pack, ClipSettings settings, Func<IReadOnlyList<int>, TextConditioning> encode) =>
        throw new NotImplementedException("Lands with the sampler.");

    /// <summary>Continues from what <see cref="Save"/> wrote.</summary>
    /// <exception cref="CheckpointException">Another pack's checkpoint, or a damaged one.</exception>
    public static ClipSampler Restore(Pack pack, Stream checkpoint, Func<IReadOnlyList<int>, TextConditioning> encode) =>
        throw new NotImplementedException("Lands with the sampler.");

    /// <summary>The rows of the next step, conditional first. The same objects every time; their values change with <see cref="Apply"/>.</summary>
    /// <exception cref="InvalidOperationException">Already done.</exception>
    public IReadOnlyList<DenoiseRow> NextRows() => throw new NotImplementedException();

    /// <summary>Consumes the rows' predictions: guidance, then one solver step, then the next window if this one is finished.</summary>
    /// <exception cref="InvalidOperationException">Already done.</exception>
    public void Apply() => throw new NotImplementedException();

    /// <summary>Writes the state as a safetensors file.</summary>
    public void Save(Stream destination) => throw new NotImplementedException();
}
