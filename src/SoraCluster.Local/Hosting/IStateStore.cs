namespace SoraCluster.Local.Hosting;

/// <summary>
/// Where entity states lie: one document per (type, key), each with a version that never repeats for that key. The host is
/// its only caller; SQLite is one implementation, memory under the simulator another.
/// </summary>
public interface IStateStore
{
    /// <summary>The stored state, or null when there is none.</summary>
    ValueTask<StoredState?> LoadAsync(string type, string key);

    /// <summary>Stores durably if the stored version is <paramref name="expected"/> (0: nothing is stored).</summary>
    /// <returns>The new version, or null when the stored version is another: nothing was changed.</returns>
    Task<long?> SaveAsync(string type, string key, long expected, byte[] json);

    /// <summary>Removes the state under the same check.</summary>
    /// <returns>False when the stored version is another: nothing was changed.</returns>
    Task<bool> ClearAsync(string type, string key, long expected);
}
