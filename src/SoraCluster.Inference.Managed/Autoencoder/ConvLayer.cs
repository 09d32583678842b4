using System.Runtime.CompilerServices;
using SoraCluster.Inference.Managed.Gemm;
using SoraCluster.Inference.Managed.Simd;

namespace SoraCluster.Inference.Managed.Autoencoder;

/// <summary>
/// A convolution with its bias, activation and pixel shuffle, as an implicit matrix product: the rows of the left matrix are the input image itself,
/// read with overlapping strides, so nothing is copied. Work is dealt out in pieces of one image, one panel of columns, one band of rows that are made.
/// </summary>
internal sealed unsafe class ConvLayer<T>
    where T : struct, ILanes<T>
{
    private const int BandRows = 8;

    private readonly PackedMatrix matrix;
    private readonly int kernel;
    private readonly bool activate;
    private readonly PaddedImage[] inputs;
    private readonly PaddedImage[] outputs;
    private readonly ColumnRun[][] runs;
    private readonly int scale;
    private readonly int stride;
    private readonly int height;
    private readonly int width;
    private readonly bool joins;

    /// <param name="matrix">See <see cref="ConvWeights"/>.</param>
    /// <param name="kernel">1 or 3.</param>
    /// <param name="activate">Whether SiLU follows.</param>
    /// <param name="inputs">Images of the same size.</param>
    /// <param name="outputs">
    /// One per input; or several for a single input, whose columns are then split among them; or a single one for several, whose columns then lie side
    /// by side in it.
    /// </param>
    /// <param name="stride">Pixels from one place of the kernel to the next.</param>
    public ConvLayer(PackedMatrix matrix, int kernel, bool activate, PaddedImage[] inputs, PaddedImage[] outputs, int stride = 1)
    {
        (this.matrix, this.kernel, this.activate, this.inputs, this.outputs, this.stride) = (matrix, kernel, activate, inputs, outputs, stride);
        (height, width) = (inputs[0].Height / stride, inputs[0].Width / stride);
        scale = outputs[0].Height / height;
        joins = outputs.Length < inputs.Length;
        var channels = joins ? matrix.Outputs : outputs[0].Channels;
        runs = ColumnRun.ByPanel(
            [.. Enumerable.Range(0, matrix.Outputs / channels).Select(i => outputs.Length > inputs.Length
                ? new ColumnRun(i * channels, channels, i, 0, 0, 0)
                : new ColumnRun(i * channels, channels, 0, i / scale, i % scale, 0))],
            matrix.Panels, PackedMatrix.PanelWidth);
    }

    private int Bands => (height + BandRows - 1) / BandRows;

    /// <summary>One worker's share of the pieces.</summary>
    /// <param name="worker">Its number.</param>
    /// <param name="workers">How many there are.</param>
    /// <param name="tile"><see cref="MatMul.Scratch"/> floats.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int worker, int workers, float* tile)
    {
        var pieces = inputs.Length * matrix.Panels * Bands;
        for (var piece = worker * pieces / workers; piece < (worker + 1) * pieces / workers; piece++)
        {
            var (image, rest) = (piece / (matrix.Panels * Bands), piece % (matrix.Panels * Bands));
            var (panel, band) = (rest / Bands, rest % Bands);
            var end = Math.Min((band + 1) * BandRows, height);
            for (var y = band * BandRows; y < end; y++)
            {
                RunRow(image, panel, y, tile);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void RunRow(int image, int panel, int y, float* tile)
    {
        var input = inputs[image];
        var margin = kernel / 2;
        var length = kernel * input.Channels;
        for (var x = 0; x < width; x += MatMul.TileRows)
        {
            var count = Math.Min(MatMul.TileRows, width - x);
            for (var ky = 0; ky < kernel; ky++)
            {
                T.MultiplyPanel(
                    count, input.Pixel((y * stride) + ky - margin, (x * stride) - margin), stride * input.Channels,
                    matrix.Panel(panel) + (ky * length * PackedMatrix.PanelWidth), tile, length, accumulate: ky > 0);
            }

            var bias = matrix.Bias + (panel * PackedMatrix.PanelWidth);
            for (var i = 0; i < count; i++)
            {
                var sums = tile + (i * PackedMatrix.PanelWidth);
                Activate(sums, bias);
                Scatter(sums, image, panel, y, x + i);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Activate(float* sums, float* bias)
    {
        for (var i = 0; i < PackedMatrix.PanelWidth; i += ILanes<T>.Count)
        {
            var value = T.Load(sums + i) + T.Load(bias + i);
            (activate ? VectorMath.Silu(value) : value).Store(sums + i);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Scatter(float* sums, int image, int panel, int y, int x)
    {
        var (first, offset) = joins ? (0, image * matrix.Outputs) : (image, 0);
        foreach (var run in runs[panel])
        {
            var target = outputs[first + run.Image].Pixel((y * scale) + run.Dy, (x * scale) + run.Dx) + run.Channel + offset;
            new ReadOnlySpan<float>(sums + (run.Column % PackedMatrix.PanelWidth), run.Length).CopyTo(new Span<float>(target, run.Length));
        }
    }
}
