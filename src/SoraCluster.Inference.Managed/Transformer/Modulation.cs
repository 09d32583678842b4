namespace SoraCluster.Inference.Managed.Transformer;

/// <summary>The six rows that modulate a block, each as wide as the stream; the scales already have their 1 added.</summary>
internal readonly unsafe struct Modulation(float* rows, int width)
{
    public float* Scale1 => rows;

    public float* Shift1 => rows + width;

    public float* Gate1 => rows + (2 * width);

    public float* Scale2 => rows + (3 * width);

    public float* Shift2 => rows + (4 * width);

    public float* Gate2 => rows + (5 * width);

    /// <summary>shared + table, with 1 added to the scales.</summary>
    public static Modulation Combine(float* shared, AlignedBuffer table, AlignedBuffer destination, int width)
    {
        var target = destination.Pointer;
        for (var i = 0; i < 6 * width; i++)
        {
            target[i] = shared[i] + table.Pointer[i];
        }

        AddOne(target, width);
        AddOne(target + (3 * width), width);
        return new Modulation(target, width);
    }

    private static void AddOne(float* row, int width)
    {
        for (var i = 0; i < width; i++)
        {
            row[i] += 1f;
        }
    }
}
