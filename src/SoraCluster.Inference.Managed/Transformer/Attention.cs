using System.Runtime.CompilerServices;
using SoraCluster.Inference.Managed.Gemm;
using SoraCluster.Inference.Managed.Simd;

namespace SoraCluster.Inference.Managed.Transformer;

/// <summary>
/// softmax(q kᵀ) v for a dozen queries at a time: their scores are the only ones that exist, and they stay in the first-level cache.
/// </summary>
/// <param name="headDim">A multiple of 16.</param>
/// <param name="tokens">Keys in the sequence.</param>
internal sealed unsafe class Attention<T>(int headDim, int tokens)
    where T : struct, ILanes<T>
{
    private const int PanelWidth = PackedMatrix.PanelWidth;
    private const int TileRows = MatMul.TileRows;

    private readonly int padded = (tokens + PanelWidth - 1) / PanelWidth * PanelWidth;

    /// <summary>Scores by panel, then probabilities by row: [12, padded] each.</summary>
    private readonly AlignedBuffer scores = new(2 * TileRows * ((tokens + PanelWidth - 1) / PanelWidth * PanelWidth));
    private readonly AlignedBuffer sums = new(MatMul.Scratch);
    private readonly float[] inverse = new float[TileRows];

    /// <summary>One head for some queries.</summary>
    /// <param name="queries">[count, head dim], normalised.</param>
    /// <param name="queryStride">Floats from query to query.</param>
    /// <param name="count">Queries.</param>
    /// <param name="memory">The sequence's keys and values.</param>
    /// <param name="head">Which head.</param>
    /// <param name="output">[count, head dim].</param>
    /// <param name="outputStride">Floats from row to row.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(float* queries, nint queryStride, int count, KeysAndValues memory, int head, float* output, nint outputStride)
    {
        var probabilities = scores.Pointer + (TileRows * padded);
        for (var first = 0; first < count; first += TileRows)
        {
            var rows = Math.Min(TileRows, count - first);
            for (var panel = 0; panel < memory.KeyPanels; panel++)
            {
                T.MultiplyPanel(
                    rows, queries + (first * queryStride), queryStride, memory.KeyPanel(head, panel),
                    scores.Pointer + (panel * TileRows * PanelWidth), headDim, accumulate: false);
            }

            for (var row = 0; row < rows; row++)
            {
                inverse[row] = Softmax(scores.Pointer + (row * PanelWidth), probabilities + (row * padded));
            }

            for (var panel = 0; panel < memory.ValuePanels; panel++)
            {
                T.MultiplyPanel(rows, probabilities, padded, memory.ValuePanel(head, panel), sums.Pointer, tokens, accumulate: false);
                Scale(rows, Math.Min(PanelWidth, headDim - (panel * PanelWidth)), output + (first * outputStride) + (panel * PanelWidth), outputStride);
            }
        }
    }

    /// <summary>exp(score - largest) for one row; returns the reciprocal of the sum.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private float Softmax(float* row, float* probabilities)
    {
        const int panelStride = TileRows * PanelWidth;
        for (var i = tokens; i < padded; i++)
        {
            row[(i / PanelWidth * panelStride) + (i % PanelWidth)] = float.MinValue;
        }

        var largest = T.Create(float.MinValue);
        var panel = row;
        for (var i = 0; i < padded; i += PanelWidth, panel += panelStride)
        {
            largest = T.Max(largest, T.Max(T.Load(panel), T.Load(panel + 16)));
        }

        var offset = T.Create(T.Largest(largest));
        var sum = T.Create(0f);
        panel = row;
        for (var i = 0; i < padded; i += PanelWidth, panel += panelStride)
        {
            var low = VectorMath.Exp(T.Load(panel) - offset);
            var high = VectorMath.Exp(T.Load(panel + 16) - offset);
            low.Store(probabilities + i);
            high.Store(probabilities + i + 16);
            sum = sum + low + high;
        }

        return 1f / T.Sum(sum);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Scale(int rows, int columns, float* output, nint outputStride)
    {
        for (var row = 0; row < rows; row++)
        {
            var factor = T.Create(inverse[row]);
            for (var column = 0; column < columns; column += ILanes<T>.Count)
            {
                (T.Load(sums.Pointer + (row * PanelWidth) + column) * factor).Store(output + (row * outputStride) + column);
            }
        }
    }
}
