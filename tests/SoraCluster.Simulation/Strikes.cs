using SoraCluster.Simulation.Nodes;
using SoraCluster.Simulation.Workers;

namespace SoraCluster.Simulation;

/// <summary>
/// Kills processes right after any happening, half of the time the one that has just acted: so between any two awaits, however
/// little time passes between them.
/// </summary>
internal sealed class Strikes(SimCluster cluster)
{
    private static readonly TimeSpan Down = TimeSpan.FromSeconds(8);

    private long nextNode = Next(cluster, cluster.Faults.NodeKills);
    private long nextWorker = Next(cluster, cluster.Faults.WorkerKills);

    public void AfterEvent()
    {
        if (cluster.World.Events >= nextNode)
        {
            nextNode = Next(cluster, cluster.Faults.NodeKills);
            Kill(cluster.Nodes.Find(n => n.Process == cluster.World.Last));
        }

        if (cluster.World.Events >= nextWorker)
        {
            nextWorker = Next(cluster, cluster.Faults.WorkerKills);
            Kill(cluster.Workers.Find(w => w.Process == cluster.World.Last));
        }
    }

    private void Kill(SimNode? last)
    {
        var node = last is not null && Random.Next(2) == 0 ? last : cluster.Nodes[Random.Next(cluster.Nodes.Count)];
        if (node.Process.Alive)
        {
            node.Process.Kill();
            cluster.World.After(Down * Random.NextDouble(), cluster.Operator, () =>
            {
                node.Process.Restart();
                node.Boot();
            });
        }
    }

    private void Kill(SimWorker? last)
    {
        var worker = last is not null && Random.Next(2) == 0 ? last : cluster.Workers[Random.Next(cluster.Workers.Count)];
        if (worker.Process.Alive)
        {
            worker.Kill();
            cluster.World.After(Down * Random.NextDouble(), cluster.Operator, worker.Restart);
        }
    }

    private Random Random => cluster.World.Random;

    private static long Next(SimCluster cluster, int mean) =>
        mean == 0 ? long.MaxValue : cluster.World.Events + 1 + (long)(-mean * Math.Log(1 - cluster.World.Random.NextDouble()));
}
