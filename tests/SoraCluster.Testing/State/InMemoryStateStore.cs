using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using SoraCluster.Domain.Serialization;
using SoraCluster.Domain.State;

namespace SoraCluster.Testing.State;

/// <summary>
/// States by type and key, kept as the JSON that a real store would keep. Every save is checked against the version that was
/// loaded; versions are never used twice, also not after a state was removed.
/// </summary>
public sealed class InMemoryStateStore
{
    private readonly Lock gate = new();
    private readonly Dictionary<(string Type, string Key), (string Json, long Version)> rows = [];
    private long versions;

    /// <summary>Called before a save or removal takes effect; what it throws, the entity sees, and nothing is stored.</summary>
    public Func<string, string, Task>? BeforeWrite { get; set; }

    /// <summary>Called after it took effect; what it throws, the entity sees, although the state is stored.</summary>
    public Func<string, string, Task>? AfterWrite { get; set; }

    public int Writes { get; private set; }

    /// <summary>Loads a slot as a fresh activation would.</summary>
    public IStateSlot<TState> Load<TState>(string key)
        where TState : class => new Slot<TState>(this, key);

    public bool Contains<TState>(string key)
    {
        lock (gate)
        {
            return rows.ContainsKey((typeof(TState).Name, key));
        }
    }

    private sealed class Slot<TState> : IStateSlot<TState>
        where TState : class
    {
        private static readonly JsonTypeInfo<TState> Json = (JsonTypeInfo<TState>)DomainJson.Default.GetTypeInfo(typeof(TState))!;
        private readonly InMemoryStateStore store;
        private readonly string key;
        private long version;

        public Slot(InMemoryStateStore store, string key)
        {
            (this.store, this.key) = (store, key);
            lock (store.gate)
            {
                if (store.rows.TryGetValue(Id, out var row))
                {
                    Value = JsonSerializer.Deserialize(row.Json, Json);
                    version = row.Version;
                }
            }
        }

        public TState? Value { get; private set; }

        private (string, string) Id => (typeof(TState).Name, key);

        public Task SaveAsync(TState value) => WriteAsync(value);

        public Task ClearAsync() => WriteAsync(null);

        private async Task WriteAsync(TState? value)
        {
            if (store.BeforeWrite is { } before)
            {
                await before(Id.Item1, key);
            }

            lock (store.gate)
            {
                if ((store.rows.TryGetValue(Id, out var row) ? row.Version : 0) != version)
                {
                    throw new StateConflictException(Id.Item1, key);
                }

                Put(value);
            }

            if (store.AfterWrite is { } after)
            {
                await after(Id.Item1, key);
            }

            lock (store.gate)
            {
                version = store.rows.TryGetValue(Id, out var row) ? row.Version : 0;
            }

            Value = value;
        }

        private void Put(TState? value)
        {
            store.Writes++;
            if (value is null)
            {
                store.rows.Remove(Id);
                return;
            }

            store.rows[Id] = (JsonSerializer.Serialize(value, Json), ++store.versions);
        }
    }
}
