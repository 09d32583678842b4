namespace SoraCluster.Diffusion.Guidance;

/// <summary>Classifier-free guidance (Ho and Salimans 2022).</summary>
public static class ClassifierFreeGuidance
{
    /// <summary><c>destination = unconditional + scale * (conditional - unconditional)</c>, element by element; may be in place.</summary>
    public static void Combine(
        ReadOnlySpan<float> conditional, ReadOnlySpan<float> unconditional, float scale, Span<float> destination)
    {
        if (conditional.Length != unconditional.Length || conditional.Length != destination.Length)
        {
            throw new ArgumentException("The three spans must have the same length.", nameof(destination));
        }

        for (var i = 0; i < destination.Length; i++)
        {
            destination[i] = unconditional[i] + (scale * (conditional[i] - unconditional[i]));
        }
    }
}
