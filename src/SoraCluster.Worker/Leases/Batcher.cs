using SoraCluster.Domain.Jobs;
using SoraCluster.Worker.Costs;

namespace SoraCluster.Worker.Leases;

/// <summary>
/// Who takes the next step together. Every job in hand is owed the same device time: the one charged least goes, and all that
/// share its batch key go with it as far as rows and the step budget allow. So several keys alive at once are served in turn by
/// cost: a short clip does not wait for a long one, nor the other way round.
/// </summary>
internal sealed class Batcher(CostProfile costs, TimeSpan stepBudget, Func<string, int> maxRows)
{
    private readonly Dictionary<string, int> reduced = [];

    /// <summary>The jobs of the next pass, all of one key; none when nobody can go.</summary>
    public IReadOnlyList<HeldJob> Next(IReadOnlyCollection<HeldJob> ready)
    {
        if (ready.Count == 0)
        {
            return [];
        }

        var ordered = ready.OrderBy(job => job.Charged).ThenBy(job => job.Arrival).ToArray();
        var first = ordered[0];
        if (first.Isolated || first.Alone)
        {
            return [first];
        }

        var batch = new List<HeldJob> { first };
        var rows = first.Rows;
        var limit = RowLimit(first.BatchKey, first.Spec.Pack);
        foreach (var job in ordered.Skip(1))
        {
            if (job.BatchKey == first.BatchKey && !job.Isolated && !job.Alone && rows + job.Rows <= limit)
            {
                batch.Add(job);
                rows += job.Rows;
            }
        }

        return batch;
    }

    /// <summary>Rows of a key that one pass takes: what the pack allows, less where the measured profile or a lack of memory says so.</summary>
    public int RowLimit(string key, string pack)
    {
        var most = reduced.TryGetValue(key, out var fewer) ? Math.Min(fewer, maxRows(pack)) : maxRows(pack);
        return costs.RowsWithin(key, stepBudget, most);
    }

    /// <summary>A pass of so many rows did not fit in memory.</summary>
    public void Reduce(string key, int failedRows) => reduced[key] = Math.Max(1, failedRows / 2);

    /// <summary>Starts a job level with the least-served one in hand: coming late is no credit.</summary>
    public static void Enter(HeldJob job, IEnumerable<HeldJob> others) =>
        job.Charged = others.Where(other => other != job && other.Stage == JobStage.Denoise)
            .Select(other => other.Charged).DefaultIfEmpty(0).Min();

    /// <summary>Shares the time of a pass among its jobs by their rows.</summary>
    public static double Charge(IReadOnlyList<HeldJob> batch, HeldJob job, double seconds)
    {
        var share = seconds * job.Rows / batch.Sum(each => each.Rows);
        job.Charged += share;
        return share;
    }
}
