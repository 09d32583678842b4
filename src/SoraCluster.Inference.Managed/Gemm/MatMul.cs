using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using SoraCluster.Inference.Managed.Simd;

namespace SoraCluster.Inference.Managed.Gemm;

/// <summary>
/// Products with packed matrices. Panel by panel, so that a panel stays in the first-level cache while the rows stream by, and the next panel is
/// fetched meanwhile; in blocks of rows that fill the registers. None of it changes any element's chain of operations.
/// </summary>
internal static unsafe class MatMul
{
    /// <summary>Rows of a tile; a multiple of every kernel's block, so that only the last tile has odd rows.</summary>
    public const int TileRows = 12;

    /// <summary>Floats of scratch that the products need: one tile.</summary>
    public const int Scratch = TileRows * PackedMatrix.PanelWidth;

    private const int FloatsPerLine = 16;

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
        where TEpilogue : struct, IEpilogue =>
        RunPanels<T, TEpilogue>(a, lda, rows, matrix, 0, matrix.Panels, scratch, epilogue);

    /// <summary>The same for the panels from <paramref name="first"/> up to <paramref name="end"/> only.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void RunPanels<T, TEpilogue>(
        float* a, nint lda, int rows, PackedMatrix matrix, int first, int end, float* scratch, TEpilogue epilogue)
        where T : struct, ILanes<T>
        where TEpilogue : struct, IEpilogue
    {
        var size = matrix.Inputs * PackedMatrix.PanelWidth;
        var tiles = (rows + TileRows - 1) / TileRows;
        var share = size / tiles;
        for (var panel = first; panel < end; panel++)
        {
            var b = matrix.Panel(panel);
            var bias = matrix.Bias + (panel * PackedMatrix.PanelWidth);
            var next = panel + 1 < matrix.Panels ? b + size : matrix.Following;
            for (var row = 0; row < rows; row += TileRows, next += share)
            {
                Prefetch(next, share);
                var count = Math.Min(TileRows, rows - row);
                T.MultiplyPanel(count, a + (row * lda), lda, b, scratch, matrix.Inputs, accumulate: false);
                for (var i = 0; i < count; i++)
                {
                    epilogue.Row(scratch + (i * PackedMatrix.PanelWidth), bias, row + i, panel * PackedMatrix.PanelWidth);
                }
            }
        }
    }

    /// <summary>Asks for memory to be brought into the second-level cache; a hint, whatever the address.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Prefetch(float* start, int length)
    {
        if (!Sse.IsSupported)
        {
            return;
        }

        for (var i = 0; i < length; i += FloatsPerLine)
        {
            Sse.Prefetch1(start + i);
        }
    }
}
