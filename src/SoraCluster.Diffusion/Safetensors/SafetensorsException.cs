namespace SoraCluster.Diffusion.Safetensors;

/// <summary>A safetensors file is not what the format demands, or does not hold what was asked for.</summary>
public sealed class SafetensorsException(string? tensor, string expected, string found, Exception? cause = null)
    : Exception($"Safetensors{(tensor is null ? "" : $" tensor '{tensor}'")}: expected {expected}, found {found}.", cause)
{
    public string? Tensor { get; } = tensor;

    public string Expected { get; } = expected;

    public string Found { get; } = found;
}
