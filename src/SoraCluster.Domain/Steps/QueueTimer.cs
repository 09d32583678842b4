using SoraCluster.Domain.State;

namespace SoraCluster.Domain.Steps;

/// <summary>Lets the queues of some packs expire leases and age jobs, from time to time; a host runs one.</summary>
public sealed class QueueTimer(IEntities entities, TimeProvider clock, QueueOptions options)
{
    /// <summary>A quarter of the shortest expiry, at most a second.</summary>
    public static TimeSpan PeriodOf(QueueOptions options) =>
        options.MinExpiry / 4 < TimeSpan.FromSeconds(1) ? options.MinExpiry / 4 : TimeSpan.FromSeconds(1);

    public async Task RunAsync(IReadOnlyCollection<string> packs, CancellationToken cancellation)
    {
        while (true)
        {
            await Task.Delay(PeriodOf(options), clock, cancellation);
            foreach (var queue in packs.SelectMany(p => QueueKeys.All(p, options.Shards)))
            {
                try
                {
                    await entities.Get<IStepQueue>(queue).TickAsync();
                }
                catch (Exception e) when (e is not (OperationCanceledException or OutOfMemoryException))
                {
                    // The next tick tries again.
                }
            }
        }
    }
}
