using SoraCluster.Diffusion.Safetensors;

namespace SoraCluster.Inference.Managed.Gemm;

/// <summary>
/// A linear map as the kernels want it: the weights transposed to [k, n] and cut into panels of 32 columns, each contiguous; the last panel and the
/// bias are padded with zeros.
/// </summary>
internal sealed unsafe class PackedMatrix
{
    /// <summary>Columns of a panel.</summary>
    public const int PanelWidth = 32;

    private readonly AlignedBuffer panels;
    private readonly AlignedBuffer bias;

    /// <param name="weight">[outputs, inputs], row-major.</param>
    /// <param name="bias">[outputs].</param>
    /// <param name="inputs">Length of a row.</param>
    public PackedMatrix(ReadOnlySpan<float> weight, ReadOnlySpan<float> bias, int inputs)
    {
        Inputs = inputs;
        Outputs = bias.Length;
        Panels = (Outputs + PanelWidth - 1) / PanelWidth;
        panels = new AlignedBuffer(Panels * PanelWidth * inputs);
        this.bias = new AlignedBuffer(Panels * PanelWidth);
        Following = Panel(0);
        bias.CopyTo(this.bias.Span);
        for (var n = 0; n < Outputs; n++)
        {
            var column = Panel(n / PanelWidth) + (n % PanelWidth);
            for (var k = 0; k < inputs; k++)
            {
                column[k * PanelWidth] = weight[(n * inputs) + k];
            }
        }
    }

    public int Inputs { get; }

    public int Outputs { get; }

    public int Panels { get; }

    /// <summary>[panels * 32], zeros after the last output.</summary>
    public float* Bias => bias.Pointer;

    /// <summary>What is read after the last panel: the matrix that comes next, where its owner has said so. For prefetching only.</summary>
    public float* Following { get; private set; }

    /// <summary>Says which matrix is used after this one.</summary>
    public void PrecedesInUse(PackedMatrix next) => Following = next.Panel(0);

    /// <summary>Reads <c>name.weight</c> [outputs, inputs] and <c>name.bias</c> [outputs].</summary>
    public static PackedMatrix Read(SafetensorsFile file, string name)
    {
        var weight = file.ReadFloats($"{name}.weight");
        var bias = file.ReadFloats($"{name}.bias");
        return new PackedMatrix(weight, bias, weight.Length / bias.Length);
    }

    /// <summary>[inputs, 32], contiguous.</summary>
    public float* Panel(int index) => panels.Pointer + ((nint)index * Inputs * PanelWidth);
}
