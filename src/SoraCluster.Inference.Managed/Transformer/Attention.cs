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

            Softmax(rows, probabilities);
            for (var panel = 0; panel < memory.ValuePanels; panel++)
            {
                T.MultiplyPanel(rows, probabilities, padded, memory.ValuePanel(head, panel), sums.Pointer, tokens, accumulate: false);
                Scale(rows, Math.Min(PanelWidth, headDim - (panel * PanelWidth)), output + (first * outputStride) + (panel * PanelWidth), outputStride);
            }
        }
    }

    /// <summary>exp(score - largest) for every row, and the reciprocals of the rows' sums.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Softmax(int rows, float* probabilities)
    {
        const int panelStride = TileRows * PanelWidth;
        for (var row = 0; row < rows; row++, probabilities += padded)
        {
            var first = scores.Pointer + (row * PanelWidth);
            var end = first + (padded / PanelWidth * panelStride);
            for (var i = tokens; i < padded; i++)
            {
                first[(i / PanelWidth * panelStride) + (i % PanelWidth)] = float.MinValue;
            }

            T low = T.Load(first), high = T.Load(first + 16);
            for (var panel = first + panelStride; panel < end; panel += panelStride)
            {
                low = T.Max(low, T.Load(panel));
                high = T.Max(high, T.Load(panel + 16));
            }

            var largest = T.Create(T.Largest(T.Max(low, high)));
            var target = probabilities;
            T lowSum = T.Create(0f), highSum = T.Create(0f);
            for (var panel = first; panel < end; panel += panelStride, target += PanelWidth)
            {
                low = VectorMath.Exp(T.Load(panel) - largest);
                high = VectorMath.Exp(T.Load(panel + 16) - largest);
                low.Store(target);
                high.Store(target + 16);
                lowSum += low;
                highSum += high;
            }

            inverse[row] = 1f / T.Sum(lowSum + highSum);
        }
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
