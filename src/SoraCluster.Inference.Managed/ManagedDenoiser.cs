using SoraCluster.Diffusion;
using SoraCluster.Diffusion.Latents;
using SoraCluster.Diffusion.Packs;
using SoraCluster.Inference.Managed.Simd;
using SoraCluster.Inference.Managed.Threading;
using SoraCluster.Inference.Managed.Transformer;

namespace SoraCluster.Inference.Managed;

/// <summary>The text encoder and the joint transformer.</summary>
internal sealed class ManagedDenoiser<T> : IDenoiser
    where T : struct, ILanes<T>
{
    private readonly TextEncoder<T> encoder;
    private readonly JointTransformer<T> transformer;
    private readonly LatentShape[] shapes;
    private readonly int hiddenLength;
    private readonly int pooledLength;
    private readonly int audioTokens;

    public ManagedDenoiser(Pack pack, ThreadTeam team)
    {
        Pack = pack;
        var text = pack.Config<TextEncoderConfig>(PackRoles.TextEncoder);
        (hiddenLength, pooledLength) = (text.MaxLength * text.HiddenSize, text.HiddenSize);
        audioTokens = pack.Manifest.AudioTokens;
        shapes = [pack.Manifest.VideoShape, pack.Manifest.AudioShape];
        using (var weights = pack.OpenWeights(PackRoles.TextEncoder))
        {
            encoder = new TextEncoder<T>(text, weights);
        }

        using (var weights = pack.OpenWeights(PackRoles.Transformer))
        {
            var config = pack.Config<JointTransformerConfig>(PackRoles.Transformer);
            transformer = new JointTransformer<T>(pack.Manifest, config, weights, team);
        }
    }

    public Pack Pack { get; }

    public int MaxBatch => Pack.Manifest.MaxBatch;

    public TextConditioning EncodeText(IReadOnlyList<int> tokenIds) => encoder.Encode(tokenIds);

    public void Denoise(ReadOnlySpan<DenoiseRow> rows)
    {
        if (rows.Length < 1 || rows.Length > MaxBatch)
        {
            throw new ArgumentException($"{rows.Length} rows, but the pack takes 1 to {MaxBatch}.", nameof(rows));
        }

        foreach (var row in rows)
        {
            Check(row);
        }

        transformer.Run(rows);
    }

    public void Dispose()
    {
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
