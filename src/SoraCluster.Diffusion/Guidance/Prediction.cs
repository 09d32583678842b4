namespace SoraCluster.Diffusion.Guidance;

/// <summary>Turns a network's output into the two things a sampler needs: the velocity and the clean latents.</summary>
public static class Prediction
{
    /// <summary>Reads <c>prediction_type</c> of a manifest.</summary>
    public static PredictionType Parse(string name) => name switch
    {
        "sample" => PredictionType.Sample,
        "velocity" => PredictionType.Velocity,
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "Known are 'sample' and 'velocity'."),
    };

    /// <summary>
    /// Splits <paramref name="output"/> into <c>clean = x - sigma velocity</c> and <c>velocity = (x - clean) / sigma</c>, whichever it is not.
    /// </summary>
    /// <param name="type">What the output is.</param>
    /// <param name="output">The network's output.</param>
    /// <param name="x">The noisy latents that the network saw.</param>
    /// <param name="sigma">Their noise level, in (0, 1].</param>
    /// <param name="clean">Receives the clean latents.</param>
    /// <param name="velocity">Receives the velocity.</param>
    public static void Split(
        PredictionType type, ReadOnlySpan<float> output, ReadOnlySpan<float> x, float sigma, Span<float> clean, Span<float> velocity)
    {
        for (var i = 0; i < output.Length; i++)
        {
            if (type == PredictionType.Sample)
            {
                clean[i] = output[i];
                velocity[i] = (x[i] - output[i]) / sigma;
            }
            else
            {
                clean[i] = x[i] - (sigma * output[i]);
                velocity[i] = output[i];
            }
        }
    }
}
