using System.Runtime.CompilerServices;
using SoraCluster.Inference.Managed.Gemm;
using SoraCluster.Inference.Managed.Simd;

namespace SoraCluster.Inference.Managed.Transformer;

/// <summary>
/// One worker's scratch for transformer blocks, and the two halves of a block for a run of tokens of one sequence. Nothing stays in the scratch from
/// one half to the other.
/// </summary>
internal sealed unsafe class BlockRunner<T>
    where T : struct, ILanes<T>
{
    private readonly int width;
    private readonly int heads;
    private readonly int headDim;
    private readonly Attention<T> attention;
    private readonly AlignedBuffer normal;
    private readonly AlignedBuffer hidden;
    private readonly AlignedBuffer tile = new(MatMul.Scratch);

    /// <param name="width">A multiple of 32.</param>
    /// <param name="heads">Divides the width into multiples of 16.</param>
    /// <param name="tokens">Tokens of a sequence.</param>
    public BlockRunner(int width, int heads, int tokens)
    {
        this.width = width;
        this.heads = heads;
        headDim = width / heads;
        attention = new Attention<T>(headDim, tokens);
        normal = new AlignedBuffer(tokens * width);
        hidden = new AlignedBuffer(tokens * 4 * width);
    }

    /// <summary>Room for the rows of one sequence, as wide as the stream.</summary>
    public float* Rows => normal.Pointer;

    /// <summary><see cref="MatMul.Scratch"/> floats.</summary>
    public float* Tile => tile.Pointer;

    /// <summary>First half: queries, keys and values of a run of tokens.</summary>
    /// <param name="sequence">The sequence.</param>
    /// <param name="first">First token of the run.</param>
    /// <param name="count">Tokens in the run.</param>
    /// <param name="weights">The block.</param>
    /// <param name="modulation">Its modulation.</param>
    /// <param name="memory">Where its keys and values go.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Project(SequenceState sequence, int first, int count, BlockWeights weights, Modulation modulation, KeysAndValues memory)
    {
        Normalize(sequence.Stream, first, count, modulation.Scale1, modulation.Shift1);
        var stride = 3 * width;
        MatMul.Run<T, StoreEpilogue<T>>(
            Row(Rows, first, width), width, count, weights.Qkv, Tile, new(Row(sequence.Qkv, first, stride), stride));
        for (var token = first; token < first + count; token++)
        {
            var query = Row(sequence.Qkv, token, stride);
            for (var head = 0; head < heads; head++, query += headDim)
            {
                Normalization.Unit<T>(query, headDim, weights.NormQ.Pointer);
                Normalization.Unit<T>(query + width, headDim, weights.NormK.Pointer);
            }
        }

        for (var head = 0; head < heads; head++)
        {
            var key = Row(sequence.Qkv, first, stride) + width + (head * headDim);
            memory.PutKeys(head, first, count, key, stride);
            memory.PutValues(head, first, count, key + width, stride);
        }
    }

    /// <summary>Second half: attention and feed-forward, each added to the stream through its gate.</summary>
    /// <param name="sequence">The sequence; the keys and values of all its tokens are there.</param>
    /// <param name="first">First token of the run.</param>
    /// <param name="count">Tokens in the run.</param>
    /// <param name="weights">The block.</param>
    /// <param name="modulation">Its modulation.</param>
    /// <param name="memory">Its keys and values.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Finish(SequenceState sequence, int first, int count, BlockWeights weights, Modulation modulation, KeysAndValues memory)
    {
        var normal = Row(Rows, first, width);
        for (var head = 0; head < heads; head++)
        {
            var offset = head * headDim;
            attention.Run(Row(sequence.Qkv, first, 3 * width) + offset, 3 * width, count, memory, head, normal + offset, width);
        }

        var stream = Row(sequence.Stream, first, width);
        MatMul.Run<T, ResidualEpilogue<T>>(normal, width, count, weights.Out, Tile, new(stream, width, modulation.Gate1));

        Normalize(sequence.Stream, first, count, modulation.Scale2, modulation.Shift2);
        var wide = Row(hidden.Pointer, first, 4 * width);
        MatMul.Run<T, GeluEpilogue<T>>(normal, width, count, weights.Up, Tile, new(wide, 4 * width));
        MatMul.Run<T, ResidualEpilogue<T>>(wide, 4 * width, count, weights.Down, Tile, new(stream, width, modulation.Gate2));
    }

    /// <summary>Modulated layer norm of a run of tokens into <see cref="Rows"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Normalize(float* x, int first, int count, float* scale, float* shift)
    {
        for (var token = first; token < first + count; token++)
        {
            Normalization.LayerNorm<T>(Row(x, token, width), Row(Rows, token, width), width, scale, shift);
        }
    }

    private static float* Row(float* rows, int row, int stride) => rows + ((nint)row * stride);
}
