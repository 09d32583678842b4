namespace SoraCluster.Inference.Managed.Transformer;

/// <summary>What one sequence of the batch keeps between the steps of a forward pass.</summary>
internal sealed unsafe class SequenceState(int width, int heads, int tokens)
{
    private readonly AlignedBuffer stream = new(tokens * width);
    private readonly AlignedBuffer qkv = new(tokens * 3 * width);
    private readonly KeysAndValues[] memories = [new(heads, width / heads, tokens), new(heads, width / heads, tokens)];

    /// <summary>The residual stream: [tokens, width].</summary>
    public float* Stream => stream.Pointer;

    /// <summary>Queries, keys, values: [tokens, 3 width]. Of these only the queries are read later, by the worker that wrote them.</summary>
    public float* Qkv => qkv.Pointer;

    /// <summary>
    /// Keys and values of a block. There are two sets in turn, so that a worker may write those of the next block while another still reads those
    /// of this one.
    /// </summary>
    public KeysAndValues Memory(int block) => memories[block % 2];
}
