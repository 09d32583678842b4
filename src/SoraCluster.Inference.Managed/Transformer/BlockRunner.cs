using System.Runtime.CompilerServices;
using SoraCluster.Inference.Managed.Gemm;
using SoraCluster.Inference.Managed.Simd;

namespace SoraCluster.Inference.Managed.Transformer;

/// <summary>
/// One worker's view of a transformer block: its scratch, and the two halves of the block for a run of tokens of one sequence. Between the halves all
/// keys and values of the sequence must be there.
/// </summary>
internal sealed unsafe class BlockRunner<T>
    where T : struct, ILanes<T>
{
    private readonly int width;
    private readonly int heads;
    private readonly int headDim;
    private readonly Attention<T> attention;
    private readonly AlignedBuffer normal;
    private readonly AlignedBuffer qkv;
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
        qkv = new AlignedBuffer(tokens * 3 * width);
        hidden = new AlignedBuffer(tokens * 4 * width);
    }

    /// <summary>Room for the rows of one sequence, as wide as the stream.</summary>
    public float* Rows => normal.Pointer;

    /// <summary>Room for the rows of one sequence, four times as wide as the stream.</summary>
    public float* WideRows => hidden.Pointer;

    /// <summary><see cref="MatMul.Scratch"/> floats.</summary>
    public float* Tile => tile.Pointer;

    /// <summary>First half: queries stay here, keys and values go to the sequence's memory.</summary>
    /// <param name="x">The sequence's stream: [tokens, width].</param>
    /// <param name="first">First token of the run.</param>
    /// <param name="count">Tokens in the run.</param>
    /// <param name="weights">The block.</param>
    /// <param name="modulation">Its modulation.</param>
    /// <param name="memory">The sequence's keys and values.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Project(float* x, int first, int count, BlockWeights weights, Modulation modulation, KeysAndValues memory)
    {
        Normalize(x, first, count, modulation.Scale1, modulation.Shift1);
        var stride = 3 * width;
        MatMul.Run<T, StoreEpilogue<T>>(
            Row(normal, first, width), width, count, weights.Qkv, tile.Pointer, new(Row(qkv, first, stride), stride));
        for (var token = first; token < first + count; token++)
        {
            var row = Row(qkv, token, stride);
            for (var head = 0; head < heads; head++)
            {
                var query = row + (head * headDim);
                Normalization.Unit<T>(query, headDim, weights.NormQ.Pointer);
                Normalization.Unit<T>(query + width, headDim, weights.NormK.Pointer);
                memory.PutKey(head, token, query + width);
                memory.PutValue(head, token, query + (2 * width));
            }
        }
    }

    /// <summary>Second half: attention and feed-forward, each added to the stream through its gate.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Finish(float* x, int first, int count, BlockWeights weights, Modulation modulation, KeysAndValues memory)
    {
        for (var head = 0; head < heads; head++)
        {
            attention.Run(
                Row(qkv, first, 3 * width) + (head * headDim), 3 * width, count, memory, head,
                Row(normal, first, width) + (head * headDim), width);
        }

        var stream = x + (first * width);
        MatMul.Run<T, ResidualEpilogue<T>>(
            Row(normal, first, width), width, count, weights.Out, tile.Pointer, new(stream, width, modulation.Gate1));

        Normalize(x, first, count, modulation.Scale2, modulation.Shift2);
        var wide = Row(hidden, first, 4 * width);
        MatMul.Run<T, GeluEpilogue<T>>(Row(normal, first, width), width, count, weights.Up, tile.Pointer, new(wide, 4 * width));
        MatMul.Run<T, ResidualEpilogue<T>>(wide, 4 * width, count, weights.Down, tile.Pointer, new(stream, width, modulation.Gate2));
    }

    /// <summary>Modulated layer norm of a run of tokens into <see cref="Rows"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Normalize(float* x, int first, int count, float* scale, float* shift)
    {
        for (var token = first; token < first + count; token++)
        {
            Normalization.LayerNorm<T>(x + (token * width), Row(normal, token, width), width, scale, shift);
        }
    }

    private static float* Row(AlignedBuffer buffer, int row, int stride) => buffer.Pointer + ((nint)row * stride);
}
