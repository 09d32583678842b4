using System.Runtime.CompilerServices;
using SoraCluster.Diffusion;
using SoraCluster.Diffusion.Packs;
using SoraCluster.Inference.Managed.Gemm;
using SoraCluster.Inference.Managed.Simd;

namespace SoraCluster.Inference.Managed.Transformer;

/// <summary>Time and pooled text to the vector from which the modulation of all blocks and of the last norm is made.</summary>
internal sealed unsafe class Conditioner<T>
    where T : struct, ILanes<T>
{
    private readonly JointWeights weights;
    private readonly int width;
    private readonly int frequencies;
    private readonly float[] frequency;
    private readonly AlignedBuffer embedding;
    private readonly AlignedBuffer hidden;
    private readonly AlignedBuffer time;
    private readonly AlignedBuffer pooled;
    private readonly AlignedBuffer ones;
    private readonly AlignedBuffer zeros;
    private readonly AlignedBuffer tile = new(MatMul.Scratch);

    public Conditioner(JointTransformerConfig config, JointWeights weights)
    {
        this.weights = weights;
        width = config.HiddenSize;
        frequencies = config.TimeEmbedDim / 2;
        frequency = [.. Enumerable.Range(0, frequencies).Select(i => (float)StableMath.Exp(-StableMath.Log(1000) * i / frequencies))];
        embedding = new AlignedBuffer(2 * frequencies);
        (hidden, time, pooled) = (new AlignedBuffer(width), new AlignedBuffer(width), new AlignedBuffer(width));
        (ones, zeros) = (new AlignedBuffer(width), new AlignedBuffer(width));
        ones.Span.Fill(1f);
    }

    /// <summary>What all modulation of a row is made from: [w].</summary>
    /// <param name="timestep">sigma * 1000.</param>
    /// <param name="text">The prompt.</param>
    /// <param name="condition">Receives it.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(float timestep, TextConditioning text, float* condition)
    {
        Embed(timestep);
        MatMul.Run<T, SiluEpilogue<T>>(embedding.Pointer, 0, 1, weights.Time0, tile.Pointer, new(hidden.Pointer, width));
        MatMul.Run<T, StoreEpilogue<T>>(hidden.Pointer, 0, 1, weights.Time2, tile.Pointer, new(time.Pointer, width));

        text.Pooled.CopyTo(pooled.Span);
        Normalization.LayerNorm<T>(pooled.Pointer, pooled.Pointer, width, ones.Pointer, zeros.Pointer);
        MatMul.Run<T, AddEpilogue<T>>(pooled.Pointer, 0, 1, weights.Pooled, tile.Pointer, new(condition, width, time.Pointer));
        for (var i = 0; i < width; i += ILanes<T>.Count)
        {
            VectorMath.Silu(T.Load(condition + i)).Store(condition + i);
        }
    }

    /// <summary>Cosines, then sines, of frequencies that fall geometrically from 1 towards 1/1000.</summary>
    private void Embed(float timestep)
    {
        for (var i = 0; i < frequencies; i++)
        {
            var (sin, cos) = StableMath.SinCos(frequency[i] * timestep);
            embedding.Pointer[i] = (float)cos;
            embedding.Pointer[frequencies + i] = (float)sin;
        }
    }
}
