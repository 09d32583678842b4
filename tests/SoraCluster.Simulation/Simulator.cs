using System.Runtime.ExceptionServices;
using SoraCluster.Simulation.Core;
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
                seed, broken, cluster.World.Events, cluster.World.Now, cluster.Checks.Accepted, cluster.Checks.Ended, cluster.Checks.LongestWait, cluster.World.Trace, plan, broken is null ? null : cluster.Describe());
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(former);
        }
    }

    private static Exception? Play(SimCluster cluster)
    {
        var world = cluster.World;
        cluster.Workers.AddRange(Enumerable.Range(0, 1 + world.Random.Next(cluster.Settings.MaxWorkers)).Select(i => new SimWorker(cluster, i)));
        var jobs = 1 + world.Random.Next(cluster.Settings.MaxJobs);
        for (var i = 0; i < jobs; i++)
        {
            var client = new SimClient(cluster, cluster.Operator, SimClient.Draw(cluster, i));
            cluster.Operator.Start(client.RunAsync);
        }

        cluster.Operator.Start(() => EveryAsync(cluster, f => f.WorkerStops, () => cluster.Workers[world.Random.Next(cluster.Workers.Count)].Stop()));
        cluster.Operator.Start(() => EveryAsync(cluster, f => f.ClockJumps, () => Jump(cluster)));
        try
        {
            var strikes = new Strikes(cluster);
            var trouble = cluster.Settings.Trouble;
            RunUntil(world, trouble, strikes.AfterEvent);
            cluster.Faults = FaultPlan.None with { Nodes = cluster.Faults.Nodes };
            cluster.Checks.TroubleEnds();
            RunUntil(world, trouble + cluster.Settings.Settling, cluster.Checks.NobodyStarves);
            while (!cluster.Checks.IsAtRest() && world.Now < trouble + cluster.Settings.Healing)
            {
                RunUntil(world, world.Now + TimeSpan.FromSeconds(1), cluster.Checks.NobodyStarves);
            }

            cluster.Checks.AtRest();
            return null;
        }
        catch (Exception e)
        {
            return e;
        }
    }

    private static void RunUntil(SimWorld world, TimeSpan until, Action afterEvent)
    {
        while (world.Step(until))
        {
            afterEvent();
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

    private static void Jump(SimCluster cluster)
    {
        var node = cluster.Nodes[cluster.World.Random.Next(cluster.Nodes.Count)];
        node.Clock.Skew = TimeSpan.FromMinutes(120 * (cluster.World.Random.NextDouble() - 0.5));
    }
}
