namespace SoraCluster.Diffusion.Safetensors;

/// <summary>One tensor as a file's header describes it.</summary>
/// <param name="Name">Unique in the file.</param>
/// <param name="Dtype">Element type.</param>
/// <param name="DtypeName">Element type as written, e.g. <c>F16</c>.</param>
/// <param name="Shape">Dimensions, outermost first; empty for a scalar.</param>
/// <param name="Offset">First byte, from the start of the file's data.</param>
/// <param name="Length">Size in bytes.</param>
public sealed record TensorInfo(string Name, TensorDtype Dtype, string DtypeName, IReadOnlyList<long> Shape, long Offset, long Length)
{
    /// <summary>Number of elements.</summary>
    public long Count { get; } = Shape.Aggregate(1L, (product, dim) => product * dim);

    public override string ToString() => $"{Name} {DtypeName} [{string.Join(", ", Shape)}]";
}
