using System.Collections.Concurrent;
using SoraCluster.Domain.Jobs;
using SoraCluster.Domain.State;
using SoraCluster.Domain.Steps;

namespace SoraCluster.Gateway.Videos;

/// <summary>Queue lengths, at most a second old: every poll of every waiting job asks for them.</summary>
internal sealed class QueueWatch(IEntities entities, TimeProvider clock, QueueOptions? queueOptions = null)
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, (long At, QueueStatus Status)> known = new(StringComparer.Ordinal);

    private int Shards => queueOptions?.Shards ?? 1;

    /// <summary>The queue in which this owner's jobs wait.</summary>
    public async Task<QueueStatus> StatusAsync(string pack, string owner)
    {
        var queue = QueueKeys.For(pack, owner, Shards);
        if (known.TryGetValue(queue, out var seen) && clock.GetElapsedTime(seen.At) < Fresh)
        {
            return seen.Status;
        }

        var status = await entities.Get<IStepQueue>(queue).GetStatusAsync();
        known[queue] = (clock.GetTimestamp(), status);
        return status;
    }

    public Task<WaitExplanation?> ExplainAsync(JobSpec spec) =>
        entities.Get<IStepQueue>(QueueKeys.For(spec.Pack, spec.Owner, Shards)).ExplainAsync(spec.Id);
}
