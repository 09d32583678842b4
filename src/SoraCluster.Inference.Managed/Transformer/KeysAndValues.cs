using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
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

    /// <summary>Takes over one head's keys of some tokens.</summary>
    /// <param name="head">The head.</param>
    /// <param name="first">The first token.</param>
    /// <param name="count">How many.</param>
    /// <param name="source">[count, head dim], <paramref name="stride"/> floats from token to token.</param>
    /// <param name="stride">Row stride.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void PutKeys(int head, int first, int count, float* source, nint stride)
    {
        for (var done = 0; done < count;)
        {
            var token = first + done;
            var target = KeyPanel(head, token / PanelWidth) + (token % PanelWidth);
            var run = Math.Min(count - done, PanelWidth - (token % PanelWidth));
            var rows = source + (done * stride);
            for (var i = 0; i < headDim; i++)
            {
                var row = rows + i;
                for (var t = 0; t < run; t++)
                {
                    target[t] = *row;
                    row += stride;
                }

                target += PanelWidth;
            }

            done += run;
        }
    }

    /// <summary>Takes over one head's values of some tokens; see <see cref="PutKeys"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void PutValues(int head, int first, int count, float* source, nint stride)
    {
        for (var panel = 0; panel < ValuePanels; panel++)
        {
            var width = Math.Min(PanelWidth, headDim - (panel * PanelWidth));
            var target = ValuePanel(head, panel) + (first * PanelWidth);
            for (var token = 0; token < count; token++)
            {
                var row = source + (token * stride) + (panel * PanelWidth);
                for (var i = 0; i < width; i += Vector128<float>.Count)
                {
                    Vector128.Load(row + i).Store(target + i);
                }

                target += PanelWidth;
            }
        }
    }
}
