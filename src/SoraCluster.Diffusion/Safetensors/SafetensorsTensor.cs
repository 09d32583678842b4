namespace SoraCluster.Diffusion.Safetensors;

/// <summary>A tensor to be written.</summary>
/// <param name="Name">Unique in the file.</param>
/// <param name="Shape">Dimensions, outermost first.</param>
/// <param name="Values">As many as the shape says; narrowed to <paramref name="Dtype"/> by rounding to nearest even.</param>
/// <param name="Dtype">Element type in the file.</param>
public sealed record SafetensorsTensor(
    string Name, IReadOnlyList<int> Shape, ReadOnlyMemory<float> Values, TensorDtype Dtype = TensorDtype.Float32);
