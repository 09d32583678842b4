using System.Collections.Concurrent;
using SoraCluster.Domain.State;
using SoraCluster.Domain.Steps;

namespace SoraCluster.Gateway.Videos;

/// <summary>Queue lengths, at most a second old: every poll of every waiting job asks for them.</summary>
internal sealed class QueueWatch(IEntities entities, TimeProvider clock)
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, (long At, QueueStatus Status)> known = new(StringComparer.Ordinal);

    public async Task<QueueStatus> StatusAsync(string pack)
    {
        if (known.TryGetValue(pack, out var seen) && clock.GetElapsedTime(seen.At) < Fresh)
        {
            return seen.Status;
        }

        var status = await entities.Get<IStepQueue>(pack).GetStatusAsync();
        known[pack] = (clock.GetTimestamp(), status);
        return status;
    }
}
