namespace SoraCluster.Diffusion.Samplers;

/// <summary>
/// One of UniPC's two formulas as what it is, a weighted sum. With h the distance of two levels' lambdas, both are
/// <c>σ'/σ x − α' φ₁ m₀ − α' φ₁ Σ ρₖ (mₖ − m₀) / rₖ</c>, where the corrector's sum has one term more: the prediction at the level reached, with r = 1.
/// </summary>
internal sealed class UniPcWeights
{
    private UniPcWeights(double sample, double[] predictions, double next) => (Sample, Predictions, Next) = (sample, predictions, next);

    /// <summary>Of the latents at the level that is left.</summary>
    public double Sample { get; }

    /// <summary>Of the predictions made there and before, the latest first.</summary>
    public double[] Predictions { get; }

    /// <summary>Of the prediction at the level reached; the corrector's.</summary>
    public double Next { get; }

    /// <summary>From a level to the next, by so many predictions.</summary>
    public static UniPcWeights Predictor(float[] sigmas, int from, int order)
    {
        var (h, ratios) = Ratios(sigmas, from, order);
        return Of(sigmas, from, ratios, order switch
        {
            1 => [],
            2 => [0.5], // the published shortcut
            _ => Solve(ratios, h),
        });
    }

    /// <summary>The same way again, now that the prediction at its end is known.</summary>
    public static UniPcWeights Corrector(float[] sigmas, int from, int order)
    {
        var (h, ratios) = Ratios(sigmas, from, order);
        return Of(sigmas, from, ratios, order == 1 ? [0.5] : Solve([.. ratios, 1], h));
    }

    /// <summary>The distance to the next level, and how far back in such distances the earlier predictions lie.</summary>
    private static (double Distance, double[] Ratios) Ratios(float[] sigmas, int from, int order)
    {
        var start = FlowSigmas.Lambda(sigmas[from]);
        var distance = FlowSigmas.Lambda(sigmas[from + 1]) - start;
        return (distance, [.. Enumerable.Range(1, order - 1).Select(back => (FlowSigmas.Lambda(sigmas[from - back]) - start) / distance)]);
    }

    /// <param name="rho">One for each ratio, and the corrector's one more.</param>
    private static UniPcWeights Of(float[] sigmas, int from, double[] ratios, double[] rho)
    {
        double sigma = sigmas[from];
        double reached = sigmas[from + 1];
        var scale = -(1 - reached) * FlowSigmas.ExpM1(sigma, reached);
        var earlier = ratios.Zip(rho, (ratio, weight) => scale * weight / ratio).ToArray();
        var next = rho.Length > ratios.Length ? scale * rho[^1] : 0;
        return new UniPcWeights(reached / sigma, [scale - earlier.Sum() - next, .. earlier], next);
    }

    /// <summary><c>Σ ρₖ rₖⁱ = bᵢ</c> for i below the number of ratios, by elimination; bᵢ are the exponential integrator's moments over φ₁.</summary>
    private static double[] Solve(double[] ratios, double h)
    {
        var n = ratios.Length;
        var rows = new double[n][];
        var first = StableMath.Exp(-h) - 1;
        var phi = (first / -h) - 1;
        var factorial = 1.0;
        for (var i = 0; i < n; i++)
        {
            rows[i] = [.. ratios.Select(ratio => Power(ratio, i)), phi * factorial / first];
            factorial *= i + 2;
            phi = (phi / -h) - (1 / factorial);
        }

        for (var pivot = 0; pivot < n; pivot++)
        {
            foreach (var row in rows.Where((_, i) => i != pivot))
            {
                var times = row[pivot] / rows[pivot][pivot];
                for (var column = pivot; column <= n; column++)
                {
                    row[column] -= times * rows[pivot][column];
                }
            }
        }

        return [.. rows.Select((row, i) => row[n] / row[i])];
    }

    private static double Power(double value, int exponent) => exponent == 0 ? 1 : value * Power(value, exponent - 1);
}
