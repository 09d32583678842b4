using SoraCluster.Diffusion.Latents;
using SoraCluster.Diffusion.Packs;

namespace SoraCluster.Diffusion;

/// <summary>What every row of a pass must be, whatever backend runs it.</summary>
public sealed class DenoiseRowRules(Pack pack)
{
    private readonly LatentShape[] shapes = pack.Manifest.WindowShapes;
    private readonly int maxBatch = pack.Manifest.MaxBatch;
    private readonly int audioTokens = pack.Manifest.AudioTokens;
    private readonly int hiddenLength = pack.Tokenizer.MaxLength * pack.Config<TextConfig>(PackRoles.TextEncoder).Width;
    private readonly int pooledLength = pack.Config<TextConfig>(PackRoles.TextEncoder).PooledWidth;

    /// <exception cref="ArgumentException">No rows, too many, or one whose shapes or noise level do not fit the pack.</exception>
    public void Check(ReadOnlySpan<DenoiseRow> rows)
    {
        if (rows.Length < 1 || rows.Length > maxBatch)
        {
            throw new ArgumentException($"{rows.Length} rows, but the pack takes 1 to {maxBatch}.", nameof(rows));
        }

        foreach (var row in rows)
        {
            Check(row);
        }
    }

    private void Check(DenoiseRow row)
    {
        foreach (var shape in shapes)
        {
            CheckShape(row.Latents, shape);
            CheckShape(row.Prediction, shape);
        }

        if (!(row.Sigma > 0 && row.Sigma <= 1))
        {
            throw new ArgumentException($"Noise level {row.Sigma} is not in (0, 1].", nameof(row));
        }

        if (row.Text.Hidden.Length != hiddenLength || row.Text.Pooled.Length != pooledLength)
        {
            throw new ArgumentException(
                $"Text conditioning of {row.Text.Hidden.Length} and {row.Text.Pooled.Length} values, not {hiddenLength} and {pooledLength}.", nameof(row));
        }

        if (row.GivenVideo.Length != shapes[0].Dims[0] || row.GivenAudio.Length != audioTokens)
        {
            throw new ArgumentException(
                $"Given flags for {row.GivenVideo.Length} latent frames and {row.GivenAudio.Length} audio tokens, " +
                $"not {shapes[0].Dims[0]} and {audioTokens}.", nameof(row));
        }
    }

    private static void CheckShape(LatentSet set, LatentShape shape)
    {
        if (set.Find(shape.Name) is not { } found || !found.Equals(shape))
        {
            throw new ArgumentException($"The pack wants {shape}, the row has {string.Join(", ", set.Shapes)}.", nameof(set));
        }
    }
}
