using System.Collections.Concurrent;

namespace SoraCluster.Silo.Messages;

/// <summary>
/// Who, in which process, wants to hear of which entity. A listener that does not renew is forgotten, so a process that died costs
/// nothing for long. Thread-safe.
/// </summary>
public sealed class Listeners<TObserver>(TimeProvider clock)
    where TObserver : class, IGrainObserver
{
    /// <summary>A listener renews this often …</summary>
    public static readonly TimeSpan RenewEvery = TimeSpan.FromSeconds(5);

    /// <summary>… and is forgotten after this long without.</summary>
    public static readonly TimeSpan ForgetAfter = TimeSpan.FromSeconds(20);

    private readonly ConcurrentDictionary<string, ConcurrentDictionary<TObserver, long>> byKey = new();

    public void Add(string key, TObserver observer) =>
        byKey.GetOrAdd(key, static _ => new())[observer] = clock.GetTimestamp();

    /// <summary>Those who listen now; drops those who have not renewed.</summary>
    public IReadOnlyCollection<TObserver> Of(string key)
    {
        if (!byKey.TryGetValue(key, out var listening))
        {
            return [];
        }

        foreach (var (observer, since) in listening)
        {
            if (clock.GetElapsedTime(since) > ForgetAfter)
            {
                listening.TryRemove(observer, out _);
            }
        }

        return [.. listening.Keys];
    }

    public void Remove(string key) => byKey.TryRemove(key, out _);
}
