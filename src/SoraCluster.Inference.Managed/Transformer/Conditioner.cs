using System.Runtime.CompilerServices;
using SoraCluster.Diffusion;
using SoraCluster.Diffusion.Packs;
using SoraCluster.Inference.Managed.Gemm;
using SoraCluster.Inference.Managed.Simd;

namespace SoraCluster.Inference.Managed.Transformer;

/// <summary>Time and pooled text to the modulation of all blocks and of the last norm.</summary>
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

    /// <summary>Writes the shared modulation [6, w] and the last norm's scale (with its 1 added) and shift [2, w].</summary>
    /// <param name="timestep">sigma * 1000.</param>
    /// <param name="text">The prompt.</param>
    /// <param name="shared">[6, w].</param>
    /// <param name="last">[2, w].</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(float timestep, TextConditioning text, float* shared, float* last)
    {
        Embed(timestep);
        MatMul.Run<T, SiluEpilogue<T>>(embedding.Pointer, 0, 1, weights.Time0, tile.Pointer, new(hidden.Pointer, width));
        MatMul.Run<T, StoreEpilogue<T>>(hidden.Pointer, 0, 1, weights.Time2, tile.Pointer, new(time.Pointer, width));

        text.Pooled.CopyTo(pooled.Span);
        Normalization.LayerNorm<T>(pooled.Pointer, pooled.Pointer, width, ones.Pointer, zeros.Pointer);
        MatMul.Run<T, AddEpilogue<T>>(pooled.Pointer, 0, 1, weights.Pooled, tile.Pointer, new(hidden.Pointer, width, time.Pointer));
        for (var i = 0; i < width; i += ILanes<T>.Count)
        {
            VectorMath.Silu(T.Load(hidden.Pointer + i)).Store(hidden.Pointer + i);
        }

        MatMul.Run<T, StoreEpilogue<T>>(hidden.Pointer, 0, 1, weights.Shared, tile.Pointer, new(shared, 6 * width));
        MatMul.Run<T, StoreEpilogue<T>>(hidden.Pointer, 0, 1, weights.NormOut, tile.Pointer, new(last, 2 * width));
        for (var i = 0; i < width; i++)
        {
            last[i] += 1f;
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
