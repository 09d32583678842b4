using SoraCluster.Domain.State;
using SoraCluster.Simulation.Core;

namespace SoraCluster.Simulation.Nodes;

/// <summary>One entity in the memory of one node: entered by one call at a time, loaded at the first.</summary>
internal sealed class SimActivation<TEntity>(SimProcess process, Func<Task<TEntity>> activate)
    where TEntity : class
{
    private readonly Queue<Func<TEntity, Task>> calls = new();
    private TEntity? entity;
    private bool busy;

    public TEntity? Entity => entity;

    public bool Busy => busy;

    /// <summary>Runs a call when its turn comes, and hands its outcome to <paramref name="reply"/>.</summary>
    public void Enter<T>(Func<TEntity, Task<T>> call, Action<T?, Exception?> reply)
    {
        calls.Enqueue(async e =>
        {
            try
            {
                reply(await call(e), null);
            }
            catch (Exception error)
            {
                if (error is StateConflictException)
                {
                    entity = null;
                }

                reply(default, error);
            }
        });
        if (!busy)
        {
            busy = true;
            process.Start(WorkAsync);
        }
    }

    private async Task WorkAsync()
    {
        while (calls.TryDequeue(out var call))
        {
            try
            {
                entity ??= await activate();
            }
            catch (IOException)
            {
                // Could not be loaded: the call fails like any that nobody answers, by its caller's patience.
                continue;
            }

            await call(entity);
        }

        busy = false;
    }
}
