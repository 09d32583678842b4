using System.Collections.Concurrent;
using SoraCluster.Local.Hosting;

namespace SoraCluster.Local.Tests.Hosting;

/// <summary>States in memory; every call yields once, so that a scheduler can interleave at it.</summary>
internal sealed class MemoryStateStore : IStateStore
{
    private readonly ConcurrentDictionary<(string Type, string Key), StoredState> states = new();

    public int Loads { get; private set; }

    /// <summary>The next save fails with this, once.</summary>
    public Exception? FailNextSave { get; set; }

    public void Overwrite(string type, string key, byte[] json) => states.AddOrUpdate(
        (type, key), new StoredState(1, json), (_, old) => new StoredState(old.Version + 1, json));

    public async ValueTask<StoredState?> LoadAsync(string type, string key)
    {
        await Task.Yield();
        Loads++;
        return states.TryGetValue((type, key), out var state) ? state : null;
    }

    public async Task<long?> SaveAsync(string type, string key, long expected, byte[] json)
    {
        await Task.Yield();
        if (FailNextSave is { } failure)
        {
            FailNextSave = null;
            throw failure;
        }

        var found = states.TryGetValue((type, key), out var state) ? state.Version : 0;
        if (found != expected)
        {
            return null;
        }

        states[(type, key)] = new StoredState(expected + 1, json);
        return expected + 1;
    }

    public async Task<bool> ClearAsync(string type, string key, long expected)
    {
        await Task.Yield();
        return states.TryGetValue((type, key), out var state) && state.Version == expected && states.TryRemove((type, key), out _);
    }
}
