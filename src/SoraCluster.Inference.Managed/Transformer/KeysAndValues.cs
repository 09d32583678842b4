using SoraCluster.Inference.Managed.Gemm;

namespace SoraCluster.Inference.Managed.Transformer;

/// <summary>
/// The keys and values of one sequence, as the products need them: keys transposed in panels of 32 tokens, values in panels of 32 columns.
/// </summary>
internal sealed unsafe class KeysAndValues
{
    private const int PanelWidth = PackedMatrix.PanelWidth;

    private readonly int headDim;
    private readonly int tokens;
    private readonly AlignedBuffer keys;
    private readonly AlignedBuffer values;

    public KeysAndValues(int heads, int headDim, int tokens)
    {
        this.headDim = headDim;
        this.tokens = tokens;
        KeyPanels = (tokens + PanelWidth - 1) / PanelWidth;
        ValuePanels = (headDim + PanelWidth - 1) / PanelWidth;
        keys = new AlignedBuffer(heads * KeyPanels * headDim * PanelWidth);
        values = new AlignedBuffer(heads * ValuePanels * tokens * PanelWidth);
    }

    /// <summary>Panels of 32 tokens.</summary>
    public int KeyPanels { get; }

    /// <summary>Panels of 32 columns of a head.</summary>
    public int ValuePanels { get; }

    /// <summary>[head dim, 32 tokens].</summary>
    public float* KeyPanel(int head, int panel) => keys.Pointer + ((((nint)head * KeyPanels) + panel) * headDim * PanelWidth);

    /// <summary>[tokens, 32 columns].</summary>
    public float* ValuePanel(int head, int panel) => values.Pointer + ((((nint)head * ValuePanels) + panel) * tokens * PanelWidth);

    public void PutKey(int head, int token, float* key)
    {
        var target = KeyPanel(head, token / PanelWidth) + (token % PanelWidth);
        for (var i = 0; i < headDim; i++)
        {
            target[i * PanelWidth] = key[i];
        }
    }

    public void PutValue(int head, int token, float* value)
    {
        for (var i = 0; i < headDim; i++)
        {
            ValuePanel(head, i / PanelWidth)[(token * PanelWidth) + (i % PanelWidth)] = value[i];
        }
    }
}
