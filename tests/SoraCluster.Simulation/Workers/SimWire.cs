using SoraCluster.Domain.Steps;
using SoraCluster.Simulation.Core;

namespace SoraCluster.Simulation.Workers;

/// <summary>
/// The way from a worker to a node: requests and answers are lost, delayed, doubled and overtake each other. A worker whose
/// request is not answered sees it fail after a while.
/// </summary>
internal sealed class SimWire(SimCluster cluster, SimProcess worker) : IStepSource
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public Task<PullAnswer> PullAsync(PullRequest request, CancellationToken cancellation) =>
        SendAsync(s => s.PullAsync(request, default), twice: false);

    public Task<ReportAnswer> ReportAsync(WorkerReport report, CancellationToken cancellation) =>
        SendAsync(s => s.ReportAsync(report, default), twice: true);

    private Task<T> SendAsync<T>(Func<IStepSource, Task<T>> send, bool twice)
    {
        var world = cluster.World;
        var answer = new TaskCompletionSource<T>();
        var copies = twice && world.Chance(cluster.Faults.Duplication) ? 2 : 1;
        for (var copy = 0; copy < copies; copy++)
        {
            if (cluster.AnyNode() is { } node && !world.Chance(cluster.Faults.Loss))
            {
                world.After(Lag(copy), node.Process, async () =>
                {
                    try
                    {
                        var result = await send(node.Source);
                        if (!world.Chance(cluster.Faults.Loss))
                        {
                            world.After(Lag(0), worker, () => answer.TrySetResult(result));
                        }
                    }
                    catch (Exception e) when (e is not Checks.InvariantBrokenException)
                    {
                        world.After(Lag(0), worker, () => answer.TrySetException(new IOException("The node answered with an error.", e)));
                    }
                    catch (Exception e)
                    {
                        world.Fail(e);
                    }
                });
            }
        }

        world.After(Patience, worker, () =>
        {
            if (!answer.Task.IsCompleted)
            {
                answer.TrySetException(new TimeoutException("No answer."));
            }
        });
        return answer.Task;
    }

    private TimeSpan Lag(int copy)
    {
        var x = cluster.World.Random.NextDouble();
        return (cluster.Faults.Lag * (x * x)) + (copy * cluster.Faults.Lag);
    }
}
