using SoraCluster.Domain.Steps;

namespace SoraCluster.Planning;

/// <summary>A worker of the plan: it runs passes one after the other, and jobs join and leave between two of them.</summary>
internal sealed class PlanWorker(string id, int seats)
{
    public string Id => id;
    public List<PlanJob> Held { get; } = [];
    public int Free => seats - Held.Count;

    /// <summary>Jobs of the passes under way, all of one key.</summary>
    public List<PlanJob> Batch { get; } = [];

    /// <summary>When those passes began, how long each takes, and after how many the worker looks up.</summary>
    public TimeSpan Began { get; set; }
    public TimeSpan PassTime { get; set; }
    public int Passes { get; set; }

    /// <summary>Device time lost before the next pass.</summary>
    public TimeSpan Delay { get; set; }

    /// <summary>Grows when the passes are planned anew: what was planned before is void.</summary>
    public int Plan { get; set; }

    /// <summary>It stands among those who run nothing, or among those who have room for more.</summary>
    public bool ListedIdle { get; set; }
    public bool ListedRoomy { get; set; }

    /// <summary>As the real worker asks: an empty one for anything, others for what may run beside what they have.</summary>
    public PullRequest Request(string pack) => Held.Count == 0
        ? new(id, [pack], 1, null, null, TimeSpan.Zero)
        : new(id, [pack], Free, Held[0].Arrival.BatchKey, null, TimeSpan.Zero);

    /// <summary>The jobs of the next passes: the least charged one and all that share its key.</summary>
    public void ChooseBatch()
    {
        Batch.Clear();
        var first = Held[0];
        foreach (var job in Held)
        {
            first = job.Charged < first.Charged ? job : first;
        }

        Batch.AddRange(Held.Where(job => job.Arrival.BatchKey == first.Arrival.BatchKey));
    }
}
