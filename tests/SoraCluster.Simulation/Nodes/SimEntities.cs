using SoraCluster.Domain.Jobs;
using SoraCluster.Domain.State;
using SoraCluster.Domain.Steps;
using SoraCluster.Domain.Users;
using SoraCluster.Simulation.Core;
using SoraCluster.Testing.Hosting;

namespace SoraCluster.Simulation.Nodes;

/// <summary>
/// Entities as one process reaches them: each call is a message to the node that hosts the entity at the moment, and an answer;
/// a call to a node that dies gets none, and fails when the caller's patience ends.
/// </summary>
public sealed class SimEntities(SimCluster cluster, SimProcess from) : IEntities
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public TEntity Get<TEntity>(string key)
        where TEntity : class => (TEntity)(object)(typeof(TEntity) switch
        {
            var t when t == typeof(IUser) => EntityProxies.User(new Caller<IUser>(cluster, from, key)),
            var t when t == typeof(IGenerationJob) => EntityProxies.Job(new Caller<IGenerationJob>(cluster, from, key)),
            _ => EntityProxies.Queue(new Caller<IStepQueue>(cluster, from, key)),
        });

    private sealed class Caller<TEntity>(SimCluster cluster, SimProcess from, string key) : IEntityCaller<TEntity>
        where TEntity : class
    {
        public Task<T> CallAsync<T>(Func<TEntity, Task<T>> call)
        {
            var world = cluster.World;
            var answer = new TaskCompletionSource<T>();
            if (cluster.NodeOf(typeof(TEntity), key) is { } node)
            {
                var local = node.Process == from;
                world.After(Hop(local), node.Process, () => node.Find<TEntity>(key).Enter(call, (result, error) =>
                    world.After(Hop(local), from, () => _ = error is null ? answer.TrySetResult(result!) : answer.TrySetException(error))));
            }

            world.After(Patience, from, () => GiveUp(answer));
            return answer.Task;
        }

        private void GiveUp<T>(TaskCompletionSource<T> answer)
        {
            if (!answer.Task.IsCompleted)
            {
                answer.TrySetException(new TimeoutException($"{typeof(TEntity).Name} '{key}' did not answer."));
            }
        }

        /// <summary>Calls within a process arrive at once; between nodes they take as long as a message.</summary>
        private TimeSpan Hop(bool local) =>
            local ? TimeSpan.Zero : cluster.Faults.Lag / 10 * cluster.World.Random.NextDouble();
    }
}
