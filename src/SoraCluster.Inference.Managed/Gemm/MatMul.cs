using System.Runtime.CompilerServices;
using SoraCluster.Inference.Managed.Simd;

namespace SoraCluster.Inference.Managed.Gemm;

/// <summary>
/// Products with packed matrices. Panel by panel, so that a panel stays in the first-level cache while the rows stream by; in blocks of rows that
/// fill the registers. Neither changes any element's chain of operations.
/// </summary>
internal static unsafe class MatMul
{
    /// <summary>Rows of a tile; a multiple of every kernel's block, so that only the last tile has odd rows.</summary>
    public const int TileRows = 12;

    /// <summary>Floats of scratch that the products need: one tile.</summary>
    public const int Scratch = TileRows * PackedMatrix.PanelWidth;

    /// <summary>Feeds every row of <c>a matrixᵀ</c> to an epilogue.</summary>
    /// <param name="a">[rows, matrix.Inputs], <paramref name="lda"/> floats from row to row.</param>
    /// <param name="lda">Row stride.</param>
    /// <param name="rows">Rows of a.</param>
    /// <param name="matrix">The linear map; its bias goes to the epilogue.</param>
    /// <param name="scratch"><see cref="Scratch"/> floats.</param>
    /// <param name="epilogue">Where the sums go.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run<T, TEpilogue>(float* a, nint lda, int rows, PackedMatrix matrix, float* scratch, TEpilogue epilogue)
        where T : struct, ILanes<T>
        where TEpilogue : struct, IEpilogue
    {
        for (var panel = 0; panel < matrix.Panels; panel++)
        {
            var b = matrix.Panel(panel);
            var column = panel * PackedMatrix.PanelWidth;
            for (var row = 0; row < rows; row += TileRows)
            {
                var count = Math.Min(TileRows, rows - row);
                T.MultiplyPanel(count, a + (row * lda), lda, b, scratch, matrix.Inputs, accumulate: false);
                for (var i = 0; i < count; i++)
                {
                    epilogue.Row(scratch + (i * PackedMatrix.PanelWidth), matrix.Bias + column, row + i, column);
                }
            }
        }
    }
}
