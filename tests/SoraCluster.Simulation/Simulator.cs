using System.Runtime.ExceptionServices;
using SoraCluster.Simulation.Core;
using SoraCluster.Simulation.Nodes;
using SoraCluster.Simulation.Workers;

namespace SoraCluster.Simulation;

/// <summary>One seed from its first submission to rest.</summary>
public static class Simulator
{
    /// <returns>What happened; <see cref="SimulationResult.Broken"/> says which invariant did not hold, if one did not.</returns>
    public static SimulationResult Run(int seed, SimSettings settings)
    {
        var former = SynchronizationContext.Current;
        var cluster = new SimCluster(seed, settings);
        var plan = cluster.Faults;
        try
        {
            var broken = Play(cluster);
            return new(
                seed, broken, cluster.World.Events, cluster.World.Now, cluster.Checks.Accepted, cluster.Checks.Ended, cluster.World.Trace, plan, broken is null ? null : cluster.Describe());
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(former);
        }
    }

    private static Exception? Play(SimCluster cluster)
    {
        var world = cluster.World;
        cluster.Workers.AddRange(Enumerable.Range(0, cluster.Settings.Workers).Select(i => new SimWorker(cluster, i)));
        for (var i = 0; i < cluster.Settings.Jobs; i++)
        {
            var client = new SimClient(cluster, cluster.Operator, SimClient.Draw(cluster, i));
            cluster.Operator.Start(client.RunAsync);
        }

        cluster.Operator.Start(() => EveryAsync(cluster, f => f.NodeKills, () => KillNode(cluster)));
        cluster.Operator.Start(() => EveryAsync(cluster, f => f.WorkerKills, () => KillWorker(cluster)));
        cluster.Operator.Start(() => EveryAsync(cluster, f => f.ClockJumps, () => Jump(cluster)));
        try
        {
            RunUntil(world, cluster.Settings.Trouble, static () => false);
            cluster.Faults = FaultPlan.None with { Nodes = cluster.Faults.Nodes };
            RunUntil(world, cluster.Settings.Trouble + cluster.Settings.Healing, () => world.Now > cluster.Settings.Trouble + TimeSpan.FromSeconds(45) && cluster.Checks.IsAtRest());
            cluster.Checks.AtRest();
            return null;
        }
        catch (Exception e)
        {
            return e;
        }
    }

    private static void RunUntil(SimWorld world, TimeSpan until, Func<bool> done)
    {
        while (!done() && world.Step(until))
        {
            if (world.Failure is { } failure)
            {
                ExceptionDispatchInfo.Throw(failure);
            }
        }
    }

    private static async Task EveryAsync(SimCluster cluster, Func<FaultPlan, TimeSpan> mean, Action act)
    {
        while (mean(cluster.Faults) is var span && span > TimeSpan.Zero)
        {
            await cluster.World.PauseAsync(-span * Math.Log(1 - cluster.World.Random.NextDouble()), cluster.Operator);
            if (mean(cluster.Faults) > TimeSpan.Zero)
            {
                act();
            }
        }
    }

    private static void KillNode(SimCluster cluster)
    {
        var node = cluster.Nodes[cluster.World.Random.Next(cluster.Nodes.Count)];
        if (node.Process.Alive)
        {
            node.Process.Kill();
            cluster.World.After(TimeSpan.FromSeconds(10 * cluster.World.Random.NextDouble()), cluster.Operator, () => Start(node));
        }
    }

    private static void Start(SimNode node)
    {
        node.Process.Restart();
        node.Boot();
    }

    private static void KillWorker(SimCluster cluster)
    {
        var worker = cluster.Workers[cluster.World.Random.Next(cluster.Workers.Count)];
        if (worker.Process.Alive)
        {
            worker.Kill();
            cluster.World.After(TimeSpan.FromSeconds(10 * cluster.World.Random.NextDouble()), cluster.Operator, worker.Restart);
        }
    }

    private static void Jump(SimCluster cluster)
    {
        var node = cluster.Nodes[cluster.World.Random.Next(cluster.Nodes.Count)];
        node.Clock.Skew = TimeSpan.FromMinutes(120 * (cluster.World.Random.NextDouble() - 0.5));
    }
}
