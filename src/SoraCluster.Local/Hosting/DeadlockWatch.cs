using System.Collections.Concurrent;

namespace SoraCluster.Local.Hosting;

/// <summary>
/// Finds turns of different call chains that wait for each other in a ring, and breaks the ring by failing one call of it.
/// </summary>
/// <remarks>
/// A turn that does not await a call looks, for a moment, as if it did; so only calls that have waited for a while count.
/// </remarks>
internal static class DeadlockWatch
{
    /// <param name="before">Only calls queued at this timestamp or earlier are looked at.</param>
    public static void Break(EntityHost host, ConcurrentDictionary<EntityId, Activation> activations, long before)
    {
        var suspects = activations.Values
            .Select(a => (Name: a.Id.ToString(), Turn: a.Running))
            .Where(s => s.Turn is { } turn && turn.QueuedAt <= before)
            .OrderBy(s => s.Name, StringComparer.Ordinal);
        foreach (var (name, turn) in suspects)
        {
            var ring = new List<Turn>();
            if (Follow(activations, turn!, turn!.Target, before, ring, [turn]))
            {
                var exception = new EntityCycleException([name, .. ring.Select(t => t.Target.ToString())]);
                if (ring.Select(call => call.TryAbandon(exception)).FirstOrDefault(answer => answer is not null) is { } answer)
                {
                    host.AnswerAbandoned(answer);
                }
            }
        }
    }

    /// <summary>Walks from a turn along the calls it waits for to the turn that keeps each of them waiting, until back at the start.</summary>
    private static bool Follow(
        ConcurrentDictionary<EntityId, Activation> activations, Turn turn, EntityId start, long before, List<Turn> ring, HashSet<Turn> seen)
    {
        foreach (var call in turn.PendingCalls().Where(c => c.QueuedAt <= before))
        {
            ring.Add(call);
            if (call.Target == start)
            {
                return true;
            }

            if (activations.TryGetValue(call.Target, out var holder) && holder.Running is { } blocking && seen.Add(blocking)
                && Follow(activations, blocking, start, before, ring, seen))
            {
                return true;
            }

            ring.RemoveAt(ring.Count - 1);
        }

        return false;
    }
}
