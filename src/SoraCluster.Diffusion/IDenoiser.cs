using SoraCluster.Diffusion.Packs;

namespace SoraCluster.Diffusion;

/// <summary>
/// The model: one forward pass over rows that share a batch key; each row has its own noise level, text and given positions.
/// A row's prediction depends on nothing but the row: not on its neighbours, its place, the batch size nor what ran before.
/// Not thread-safe; the steady state of <see cref="Denoise"/> allocates nothing to speak of.
/// </summary>
public interface IDenoiser : IDisposable
{
    Pack Pack { get; }

    /// <summary>The most rows that one call of <see cref="Denoise"/> takes.</summary>
    int MaxBatch { get; }

    /// <summary>Encodes a prompt; shorter prompts are padded, no ids at all mean the unconditional prompt.</summary>
    /// <exception cref="ArgumentException">Too many ids, or one outside the vocabulary.</exception>
    TextConditioning EncodeText(IReadOnlyList<int> tokenIds);

    /// <summary>Writes the prediction of every row; 1 to <see cref="MaxBatch"/> rows.</summary>
    /// <exception cref="ArgumentException">No rows, too many, or one whose shapes or noise level do not fit the pack.</exception>
    void Denoise(ReadOnlySpan<DenoiseRow> rows);
}
