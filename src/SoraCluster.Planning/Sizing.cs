using SoraCluster.Planning.Workload;

namespace SoraCluster.Planning;

/// <summary>How many workers a load needs.</summary>
public static class Sizing
{
    /// <summary>The largest cluster that is tried.</summary>
    public const int Most = 10_000;

    /// <summary>The fewest workers with which 95 % of the jobs wait no longer than this; null when 10,000 are not enough.</summary>
    /// <param name="load">The same arrivals each time it is asked.</param>
    public static PlanReport? Fewest(
        PlanOptions options, Func<IEnumerable<Arrival>> load, TimeSpan wait, CancellationToken cancellation = default)
    {
        PlanReport? found = null;
        var (low, high) = (0, options.Workers);
        while (Try(high) is var tried && !Suffices(tried))
        {
            if (high == Most)
            {
                return null;
            }

            (low, high) = (high, Math.Min(Most, high * 2));
        }

        while (high - low > 1)
        {
            var middle = (low + high) / 2;
            (low, high) = Suffices(Try(middle)) ? (low, middle) : (middle, high);
        }

        return found?.Workers == high ? found : Try(high);

        PlanReport Try(int workers) => found = Planner.Run(options with { Workers = workers }, load(), cancellation);

        bool Suffices(PlanReport report) => report.All.Waited(0.95) <= wait.TotalSeconds;
    }
}
