namespace SoraCluster.Bench;

/// <summary>What the tables report.</summary>
internal static class Statistics
{
    /// <summary>The upper of the two middle values where the count is even.</summary>
    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted[sorted.Length / 2];
    }

    /// <summary>The median of the rounds' ratios: both sides of each were measured one right after the other.</summary>
    public static double MedianRatio(IEnumerable<double> values, IEnumerable<double> ceilings) => Median(values.Zip(ceilings, (a, b) => a / b));
}
