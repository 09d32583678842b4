using SoraCluster.Domain.Jobs;
using SoraCluster.Domain.Steps;
using SoraCluster.Simulation.Core;
using SoraCluster.Simulation.Nodes;
using SoraCluster.Testing.Hosting;

namespace SoraCluster.Simulation;

/// <summary>Somebody who submits one job, again until there is an answer, and now and then cancels or deletes it. Is never killed.</summary>
internal sealed class SimClient(SimCluster cluster, SimProcess process, JobSpec spec)
{
    /// <summary>What the prompt of a job says that kills its workers.</summary>
    public const string PoisonMark = "poison";

    private readonly IGenerationJob job = new SimEntities(cluster, process).Get<IGenerationJob>(spec.Id);

    public static JobSpec Draw(SimCluster cluster, int number)
    {
        var random = cluster.World.Random;
        return TestCluster.Spec(
            $"video_{number}", $"user-{random.Next(cluster.Settings.Users)}", (ServiceClass)random.Next(3), 1 + random.Next(cluster.Settings.MaxSteps), 1 + random.Next(2)) with
        {
            Seed = (ulong)random.NextInt64(),
            GuidanceScale = 1 + (2 * random.Next(2)),
            NegativePrompt = cluster.World.Chance(cluster.Faults.Poison) ? PoisonMark : null,
            RequestDigest = random.Next(2) == 0 ? $"digest-{number}" : null,
        };
    }

    public async Task RunAsync()
    {
        var world = cluster.World;
        await world.PauseAsync(cluster.Settings.Trouble * 0.6 * world.Random.NextDouble(), process);
        if (!await SubmitAsync())
        {
            return;
        }

        var fate = world.Random.Next(10);
        if (fate < 2)
        {
            await world.PauseAsync(TimeSpan.FromSeconds(60 * world.Random.NextDouble()), process);
            if (fate == 0)
            {
                cluster.Checks.MayBeDeleted(spec.Id);
                await AskAsync(() => job.DeleteAsync());
            }
            else
            {
                await AskAsync(() => job.CancelAsync());
            }
        }
    }

    private async Task<bool> SubmitAsync()
    {
        var answer = await AskAsync(() => job.SubmitAsync(spec));
        if (answer.Refusal is { } refusal)
        {
            cluster.Checks.WasRefused(refusal);
            return false;
        }

        cluster.Checks.WasAccepted(spec);
        return true;
    }

    private async Task<T> AskAsync<T>(Func<Task<T>> ask)
    {
        while (true)
        {
            try
            {
                return await ask();
            }
            catch (Exception)
            {
                await cluster.World.PauseUpToAsync(TimeSpan.FromSeconds(3), process);
            }
        }
    }
}
