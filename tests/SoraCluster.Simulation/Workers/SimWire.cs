using SoraCluster.Domain.Steps;
using SoraCluster.Simulation.Core;

namespace SoraCluster.Simulation.Workers;

/// <summary>
/// The way from a worker to a node: requests and answers are lost, delayed, doubled and overtake each other. A worker whose
/// request is not answered sees it fail after a while.
/// </summary>
internal sealed class SimWire(SimCluster cluster, SimProcess worker, Action<Lease> arrived) : IStepSource
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public async Task<PullAnswer> PullAsync(PullRequest request, CancellationToken cancellation)
    {
        var answer = await SendAsync(s => s.PullAsync(request, default), request.Wait, twice: false, cancellation);
        foreach (var lease in answer.Leases)
        {
            arrived(lease);
        }

        return answer;
    }

    public Task<ReportAnswer> ReportAsync(WorkerReport report, CancellationToken cancellation) =>
        SendAsync(s => s.ReportAsync(report, default), TimeSpan.Zero, twice: true, cancellation);

    private async Task<T> SendAsync<T>(Func<IStepSource, Task<T>> send, TimeSpan wait, bool twice, CancellationToken cancellation)
    {
        var world = cluster.World;
        var answer = new TaskCompletionSource<T>();
        var copies = twice && world.Chance(cluster.Faults.Duplication) ? 2 : 1;
        for (var copy = 0; copy < copies; copy++)
        {
            if (cluster.AnyNode() is { } node && !world.Chance(cluster.Faults.Loss))
            {
                world.After(Lag(copy), node.Process, () => _ = ServeAsync(node, send, answer));
            }
        }

        world.After(wait + Patience, worker, () =>
        {
            if (!answer.Task.IsCompleted)
            {
                answer.TrySetException(new TimeoutException("No answer."));
            }
        });
        using var given = cancellation.UnsafeRegister((_, token) => answer.TrySetCanceled(token), null);
        return await answer.Task;
    }

    private async Task ServeAsync<T>(Nodes.SimNode node, Func<IStepSource, Task<T>> send, TaskCompletionSource<T> answer)
    {
        var world = cluster.World;
        try
        {
            var result = await send(node.Source);
            if (!world.Chance(cluster.Faults.Loss))
            {
                world.After(Lag(0), worker, () => answer.TrySetResult(result));
            }
        }
        catch (Checks.InvariantBrokenException e)
        {
            world.Fail(e);
        }
        catch (Exception e)
        {
            world.After(Lag(0), worker, () => answer.TrySetException(new IOException("The node answered with an error.", e)));
        }
    }

    private TimeSpan Lag(int copy)
    {
        var x = cluster.World.Random.NextDouble();
        return (cluster.Faults.Lag * (x * x)) + (copy * cluster.Faults.Lag);
    }
}
